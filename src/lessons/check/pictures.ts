/** Pictures: each has the common style in it, so that it looks the same where it is shown by itself. */
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '../../catalogue/lessons.ts';
import { parse } from '../../markdown/parse.ts';
import { pictureIn, styleIn, withStyle } from '../../markdown/pictures.ts';
import type { Finding } from '../finding.ts';

const STYLE = fileURLToPath(new URL('../site/assets/picture.css', import.meta.url));

/** Pictures that are there; of others the check of links speaks. */
export function checkPictures({ path, text }: Page, top: string): Finding[] {
  const style = readFileSync(STYLE, 'utf8');
  return picturesOf({ path, text }, top).flatMap(({ line, svg, source }): Finding[] => {
    if (styleIn(svg) === style) return [];
    return [{ path, line, message: `The style in ${source} is not that of all pictures. Run: npm run lessons:sync` }];
  });
}

/** Puts the common style into the pictures of a page; returns the paths of those that change. */
export function syncPictures(page: Pick<Page, 'path' | 'text'>, top: string): string[] {
  const style = readFileSync(STYLE, 'utf8');
  return picturesOf(page, top).flatMap(({ file, svg, source }) => {
    const synced = withStyle(svg, style);
    if (synced === svg) return [];
    writeFileSync(file, synced);
    return [source];
  });
}

function picturesOf({ path, text }: Pick<Page, 'path' | 'text'>, top: string) {
  return parse(text).flatMap((token) => {
    const picture = pictureIn(token);
    const file = picture && join(top, dirname(path), picture.source);
    const svg = file && read(file);
    return picture && file && svg ? [{ line: (token.map?.[0] ?? 0) + 1, source: picture.source, file, svg }] : [];
  });
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
