/** An image of a stack of layers: what a container in it would see. */
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { ownWords } from '../../rootfs-builder/cause.ts';
import { asOwnRoot, inNamespaces } from '../../rootfs-builder/namespaces.ts';
import type { Recipe } from '../../rootfs-builder/recipe.ts';
import { run } from '../../rootfs-builder/run-program.ts';
import { type Layer, uppersOf } from './store.ts';

/**
 * The kernel merges, and cp(1) copies what it shows: links as links, and nothing
 * of whiteouts. Paths of layers may have any character; those of links to them
 * have none that an option would need to escape.
 */
const COPY = 'cd "$1" && mount -t overlay -o "lowerdir=$2,userxattr" overlay merged && cp -a merged/. image';

/** A recipe for an image that is called `name`. */
export function recipeOf({ directory, image, below, name: layer }: Layer, name: string): Recipe {
  return {
    name,
    title: `the layer ${layer} and what it lies on`,
    takes: 'about a second',
    async build(_, { workshop, signal }) {
      const layers = [...uppersOf({ keep: directory, below }), image];
      for (const [index, path] of layers.entries()) symlinkSync(path, join(workshop, String(index)));
      mkdirSync(join(workshop, 'merged'));
      const words = ['sh', '-c', COPY, 'sh', workshop, [...layers.keys()].join(':')];
      const ended = await inOwnMounts(words, signal);
      if (ended.status !== 0) throw new Error(ownWords('cp', ended));
    },
  };
}

/** An ordinary user may mount as root of a user namespace. */
function inOwnMounts(words: readonly string[], signal: AbortSignal) {
  if (process.geteuid?.() === 0) return inNamespaces(words, { signal });
  return run([...asOwnRoot(), 'unshare', '--mount', '--propagation', 'private', ...words], { signal });
}
