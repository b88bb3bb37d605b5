/** Finding a file of an image as a process would whose root directory the image is. */
import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { posix } from 'node:path';

const MAX_LINKS = 40;

export interface Found {
  /** From the image's top, with no link on the way. */
  readonly path: string;
  readonly stats: Stats;
}

/** stat(2) as if `root` were the root directory: links never lead out of it. Undefined for what is not there. */
export function lookInside(root: string, path: string): Found | undefined {
  let rest = path.split('/').filter(Boolean);
  let at: string[] = [];
  let links = 0;
  while (rest.length > 0) {
    const [name = '', ...later] = rest;
    rest = later;
    if (name === '.') continue;
    if (name === '..') {
      at = at.slice(0, -1);
      continue;
    }
    const stats = lstat(posix.join(root, ...at, name));
    if (!stats) return undefined;
    if (!stats.isSymbolicLink()) {
      at = [...at, name];
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return undefined;
    const target = readlinkSync(posix.join(root, ...at, name));
    if (target.startsWith('/')) at = [];
    rest = [...target.split('/').filter(Boolean), ...rest];
  }
  const stats = lstat(posix.join(root, ...at));
  return stats && { path: posix.join('/', ...at), stats };
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
