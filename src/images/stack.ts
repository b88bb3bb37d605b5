/** Directories laid over one another, as the kernel's overlay shows them: what is found at a path, and what hides it. */
import { closeSync, lstatSync, openSync, type Stats } from 'node:fs';
import { attempt } from '../executor/perform.ts';
import { getAttribute } from '../syscalls/attributes.ts';
import { O_DIRECTORY, O_NOFOLLOW, O_PATH } from '../syscalls/flags.ts';

const OPAQUE = 'user.overlay.opaque';
const YES = 'y'.charCodeAt(0);

/**
 * lstat(2) of a path in layers, the topmost first. No link on the way is
 * followed. A name need not be text, so a path is bytes.
 */
export function entryIn(layers: readonly string[], path: Buffer): Stats | undefined {
  for (const [index, layer] of layers.entries()) {
    const found = lookIn(layer, path, index < layers.length - 1);
    if (found === 'hidden') return undefined;
    if (found) return found;
  }
  return undefined;
}

/** A character device 0:0 stands for a name that is not there. */
export function isWhiteout(stats: Stats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0;
}

/** Whether nothing of the layers below shows through a directory. */
export function isOpaque(directory: Buffer): boolean {
  const fd = openSync(directory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  try {
    const value = { size: 1, text: String };
    const { result, outs } = attempt(getAttribute(`/proc/self/fd/${fd}`, OPAQUE, value));
    return result === 1 && outs.get(value)?.[0] === YES;
  } finally {
    closeSync(fd);
  }
}

export function joined(directory: string | Buffer, name: string | Buffer): Buffer {
  return Buffer.concat([Buffer.from(directory), Buffer.from('/'), Buffer.from(name)]);
}

/** `hidden`: not here, and nothing below counts. Without anything below, that makes no difference. */
function lookIn(layer: string, path: Buffer, hasBelow: boolean): Stats | 'hidden' | undefined {
  let at: Buffer = Buffer.from(layer);
  let stats = lstat(at);
  let isClosed = false;
  if (!stats) return undefined; // A layer that is yet to be made.
  for (const name of namesIn(path)) {
    if (!stats?.isDirectory()) return 'hidden';
    isClosed ||= hasBelow && isOpaque(at);
    at = joined(at, name);
    stats = lstat(at);
    if (!stats) return isClosed ? 'hidden' : undefined;
    if (isWhiteout(stats)) return 'hidden';
  }
  return stats;
}

function namesIn(path: Buffer): Buffer[] {
  const text = path.toString('latin1');
  return text
    .split('/')
    .filter(Boolean)
    .map((name) => Buffer.from(name, 'latin1'));
}

function lstat(path: Buffer): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
