/** Where on the site things are. All links are relative, so that the site works in any folder. */
import { statSync } from 'node:fs';
import { join, posix } from 'node:path';
import { type Library, pages, references } from '../../catalogue/lessons.ts';
import { targetOf } from '../../markdown/links.ts';

/** Undefined for what the site does not have. */
export function addressOf(path: string, library: Library): string | undefined {
  if (path === library.index?.path) return 'index.html';
  const page = [...pages(library), ...references(library)].find((candidate) => candidate.path === path);
  if (page) return `${page.stem}.html`;
  const file = fileAt(path, library);
  return file === undefined ? undefined : `files/${file}.html`;
}

/** A file of the repository, or of a folder its README.md. */
export function fileAt(path: string, { top }: Library): string | undefined {
  if (path.startsWith('..')) return undefined;
  return [path, join(path, 'README.md')].find((file) => statSync(join(top, file), { throwIfNoEntry: false })?.isFile());
}

/** What the page `from` writes to link to that; web addresses stay. */
export function hrefOf(href: string, from: string, library: Library): string | undefined {
  const target = targetOf(href, from);
  if (!target) return href;
  const anchor = target.anchor === '' ? '' : `#${target.anchor}`;
  const address = target.path === from && anchor !== '' ? '' : addressOf(target.path, library);
  const root = rootFrom(addressOf(from, library) ?? '');
  return address === undefined ? undefined : `${address === '' ? '' : root}${address}${anchor}`;
}

/** From a page of the site back to its top: empty, or `../../`. */
export function rootFrom(address: string): string {
  const root = posix.relative(posix.dirname(address), '.');
  return root === '' ? '' : `${root}/`;
}
