/** Builds the site: one page per lesson, one per file that lessons link to, and the assets. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeFolders } from '../../../native/folders.cjs';
import { type Library, type Page, pages, readPage, references } from '../../catalogue/lessons.ts';
import { writingAdvice } from '../../command-line/folders.ts';
import { targetOf } from '../../markdown/links.ts';
import { inlineTokens, parse } from '../../markdown/parse.ts';
import { addressOf, fileAt, rootFrom } from './addresses.ts';
import { codeHtml, contentOf } from './content.ts';
import { type Frame, type Link, pageHtml } from './page.ts';

const ASSETS = fileURLToPath(new URL('assets', import.meta.url));
const INDEX = 'index.html';
/** By the ends of file names. */
const LANGUAGES: Readonly<Record<string, string>> = { ts: 'ts', c: 'c', h: 'c', sh: 'sh', mjs: 'ts', cjs: 'ts' };

/**
 * Replaces what is in `directory`; returns the addresses of the pages. `elsewhere`
 * are words of console blocks that are for another kind of machine.
 */
export function buildSite(library: Library, directory: string, elsewhere: readonly string[] = []): string[] {
  const lessons = library.lessons.map(({ number, title, stem }) => ({ number, title, address: `${stem}.html` }));
  const links = references(library).map(({ title, path }) => ({ title, address: addressOf(path, library) ?? INDEX }));
  const frames = [...pageFrames(library, lessons, elsewhere), ...fileFrames(library, lessons)];
  const all = frames.map((frame) => ({ ...frame, references: links }));
  rmSync(directory, { recursive: true, force: true });
  for (const frame of all) {
    const path = join(directory, frame.address);
    makeFolders(dirname(path));
    writeFileSync(path, pageHtml(frame));
  }
  copyAssets(directory);
  return all.map(({ address }) => address);
}

/**
 * Writes pages into a folder that may belong to somebody else, as after a build with sudo.
 * @throws Error that says what to do if the folder cannot be written
 */
export function writingPages<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw new Error(`The pages cannot be written: ${message}. ${writingAdvice(code)}`);
  }
}

/** Puts styles and scripts into the folder `assets` of a site. */
export function copyAssets(directory: string): void {
  cpSync(ASSETS, join(directory, 'assets'), { recursive: true });
}

/** A page before it is known what else there is. */
type Unlinked = Omit<Frame, 'references'>;

function pageFrames(library: Library, lessons: readonly Link[], elsewhere: readonly string[]): Unlinked[] {
  const index: Page = library.index ?? {
    path: 'lessons/README.md',
    stem: 'README',
    title: 'Lessons',
    text: '# Lessons\n',
  };
  const order: Link[] = [{ title: index.title, address: INDEX }, ...lessons];
  const others = references(library);
  return [index, ...library.lessons, ...others].map((page, at): Unlinked => {
    const isInOrder = !others.includes(page);
    const [previous, self, next] = isInOrder ? [order[at - 1], order[at], order[at + 1]] : [];
    const { html, ...content } = contentOf(page, library, elsewhere);
    return {
      ...content,
      content: html,
      title: page.title,
      ...(self?.number === undefined ? {} : { number: self.number }),
      address: addressOf(page.path, library) ?? INDEX,
      root: '',
      lessons,
      ...(previous ? { previous } : {}),
      ...(next ? { next } : {}),
    };
  });
}

/** Files of the repository that are linked: Markdown as a page, all else as it is, coloured. */
function fileFrames(library: Library, lessons: readonly Link[]): Unlinked[] {
  const own = [...pages(library), ...references(library)];
  const frames: Unlinked[] = [];
  const paths = new Set(own.flatMap((page) => linkedFiles(page, library)));
  // What is found meanwhile is gone through as well.
  for (const path of paths) {
    const address = addressOf(path, library);
    if (address === undefined || own.some((page) => page.path === path)) continue;
    const place = { address, root: rootFrom(address), lessons };
    if (!path.endsWith('.md')) {
      frames.push({ ...place, title: path, content: codeOf(path, library), headings: [] });
      continue;
    }
    const page = readPage(path, library.top);
    for (const linked of linkedFiles(page, library)) paths.add(linked);
    const { html, headings } = contentOf(page, library);
    frames.push({ ...place, title: page.title, content: html, headings });
  }
  return frames;
}

function codeOf(path: string, { top }: Library): string {
  const content = readFileSync(join(top, path), 'utf8');
  const language = LANGUAGES[/\.(\w+)$/.exec(path)?.[1] ?? ''] ?? 'text';
  return `<h1>${path}</h1>\n${codeHtml({ language, content })}`;
}

function linkedFiles({ path, text }: Page, library: Library): string[] {
  return inlineTokens(parse(text)).flatMap(({ token }) => {
    const href = token.attrGet('href');
    const target = href === null ? undefined : targetOf(String(href), path);
    const file = target && fileAt(target.path, library);
    return file === undefined ? [] : [file];
  });
}
