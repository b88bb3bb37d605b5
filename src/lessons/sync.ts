/** Lessons brought up to date with the code that they show, and their pictures with the common style. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Library, pages } from '../catalogue/lessons.ts';
import { fences } from '../markdown/fences.ts';
import { parse } from '../markdown/parse.ts';
import { checkCode } from './check/code.ts';
import { syncPictures } from './check/pictures.ts';
import type { Finding } from './finding.ts';
import { codeFor } from './shown-code.ts';

/** Writes the pages that change. Returns what is wrong all the same; `onUpdate` is called with the path of each such page. */
export function syncLibrary(library: Library, onUpdate: (path: string) => void): Finding[] {
  return pages(library).flatMap((page) => {
    const text = sync(page.text, library.top);
    if (text !== page.text) {
      writeFileSync(join(library.top, page.path), text);
      onUpdate(page.path);
    }
    for (const path of syncPictures(page, library.top)) onUpdate(path);
    return checkCode({ ...page, text }, library.top);
  });
}

/** Fills every fence that names its source. Fences whose source is missing stay as they are. */
export function sync(text: string, top: string): string {
  const lines = text.split('\n');
  // From the end, so that the line numbers above stay right.
  for (const fence of fences(parse(text)).reverse()) {
    if (fence.file === undefined) continue;
    const found = codeFor(fence, top);
    if ('problem' in found) continue;
    const prefix = /^[\s>]*/.exec(lines[fence.line - 1] ?? '')?.[0] ?? '';
    const code = found.code.split('\n').map((line) => `${prefix}${line}`.trimEnd());
    lines.splice(fence.line, fence.endLine - fence.line - 1, ...code);
  }
  return lines.join('\n');
}
