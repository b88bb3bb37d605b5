/** What a layer changes, as docker diff has it: A added, C changed, D deleted. */
import { lstatSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { entryIn, isOpaque, isWhiteout, joined } from '../images/stack.ts';
import { type Layer, uppersOf } from './store.ts';

export interface Change {
  readonly kind: 'A' | 'C' | 'D';
  /** From the top of the image, with a slash in front; a name need not be text. */
  readonly path: Buffer;
  /** A directory through which nothing below shows. */
  readonly opaque: boolean;
}

/** All changes, a folder before what is in it, by name. @throws Error for a folder that this user may not read */
export function changesOf({ directory, image, below }: Layer): Change[] {
  return changesIn(join(directory, 'upper'), Buffer.alloc(0), [...uppersOf({ below }), image], false);
}

/** `under`: the layers below, the topmost first; `closed`: nothing of them shows through here. */
function changesIn(upper: string, path: Buffer, under: readonly string[], closed: boolean): Change[] {
  const own = namesIn(joined(upper, path));
  const gone = closed ? namesUnder(under, path).filter((name) => !own.some((other) => other.equals(name))) : [];
  return [
    ...own.map((name) => ({ name, changes: changesAt(upper, joined(path, name), under, closed) })),
    ...gone.map((name) => ({ name, changes: [deleted(joined(path, name))] })),
  ]
    .sort((one, other) => Buffer.compare(one.name, other.name))
    .flatMap(({ changes }) => changes);
}

function changesAt(upper: string, path: Buffer, under: readonly string[], closed: boolean): Change[] {
  const file = joined(upper, path);
  const stats = lstatSync(file);
  const before = entryIn(under, path);
  // A whiteout that hides nothing changes nothing.
  if (isWhiteout(stats)) return before ? [deleted(path)] : [];
  const kind = before ? 'C' : 'A';
  if (!stats.isDirectory()) return [{ kind, path, opaque: false }];
  const opaque = before?.isDirectory() === true && isOpaque(file);
  return [{ kind, path, opaque }, ...changesIn(upper, path, under, closed || opaque)];
}

function deleted(path: Buffer): Change {
  return { kind: 'D', path, opaque: false };
}

/** What is in a directory of layers that are laid over one another. */
function namesUnder(layers: readonly string[], path: Buffer): Buffer[] {
  const names = new Map<string, Buffer>();
  for (const layer of layers.filter((one) => entryIn([one], path)?.isDirectory())) {
    for (const name of namesIn(joined(layer, path))) names.set(name.toString('latin1'), name);
  }
  return [...names.values()].filter((name) => entryIn(layers, joined(path, name)));
}

function namesIn(directory: Buffer): Buffer[] {
  return readdirSync(directory, { encoding: 'buffer' });
}
