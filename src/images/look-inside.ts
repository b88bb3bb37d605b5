/** Finding a file of an image as a process would whose root directory the image is. */
import { readlinkSync, type Stats } from 'node:fs';
import { posix } from 'node:path';
import { entryIn } from './stack.ts';

const MAX_LINKS = 40;

export interface Found {
  /** From the image's top, with no link on the way. */
  readonly path: string;
  readonly stats: Stats;
}

/**
 * stat(2) as if `root` were the root directory, or several that are laid over
 * one another, the topmost first: links never lead out of it. Undefined for what
 * is not there.
 */
export function lookInside(root: string | readonly string[], path: string): Found | undefined {
  const layers = typeof root === 'string' ? [root] : root;
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
    const stats = entryIn(layers, Buffer.from(posix.join(...at, name)));
    if (!stats) return undefined;
    if (!stats.isSymbolicLink()) {
      at = [...at, name];
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return undefined;
    const target = targetOf(layers, posix.join(...at, name));
    if (target.startsWith('/')) at = [];
    rest = [...target.split('/').filter(Boolean), ...rest];
  }
  const stats = entryIn(layers, Buffer.from(posix.join('.', ...at)));
  return stats && { path: posix.join('/', ...at), stats };
}

/** Of the topmost layer that has the link. */
function targetOf(layers: readonly string[], path: string): string {
  const layer = layers.find((candidate) => entryIn([candidate], Buffer.from(path))?.isSymbolicLink());
  return layer === undefined ? '' : readlinkSync(posix.join(layer, path));
}
