/** `npm run rootfs`: lists, builds, packs and removes the images that steps run in. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isatty } from 'node:tty';
import { type BuildOptions, buildImage } from '../../rootfs-builder/build.ts';
import { progressBar, progressLines } from '../../rootfs-builder/build-progress.ts';
import { emptyCache } from '../../rootfs-builder/debian/cache.ts';
import { type DebianOptions, debianRecipe } from '../../rootfs-builder/debian/recipe.ts';
import { imageDirectory, shown } from '../../rootfs-builder/images.ts';
import { cacheContents, inventory } from '../../rootfs-builder/inventory.ts';
import { removeAbandoned } from '../../rootfs-builder/leftovers.ts';
import { listing } from '../../rootfs-builder/listing.ts';
import { pack } from '../../rootfs-builder/pack.ts';
import { places } from '../../rootfs-builder/place.ts';
import type { Recipe } from '../../rootfs-builder/recipe.ts';
import { findRecipe, recipes } from '../../rootfs-builder/recipes.ts';
import { removeImage } from '../../rootfs-builder/remove-image.ts';
import { FORM, type Request, requestOf } from '../../rootfs-builder/request.ts';
import { tarRecipe } from '../../rootfs-builder/tar/recipe.ts';
import { command } from '../command-line/command.ts';
import { interruptible } from '../command-line/interruption.ts';
import { helpText } from '../command-line/options.ts';
import { print, printError, writeError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { refuseUnderLayers } from '../layers/store.ts';

export const main = command(FORM, async (typed) => {
  const request = requestOf(typed);
  for (const place of places()) await removeAbandoned(place);
  await answer(request);
  return 0;
});

async function answer(request: Request): Promise<void> {
  switch (request.kind) {
    case 'help':
      return print(helpText(FORM));
    case 'list':
      return print(listing(recipes, await inventory(), cacheContents()));
    case 'build':
      return build(request.name, recipeFor(request.name, request.debian));
    case 'tar':
      return build(request.name, tarRecipe(request.name, existing(request.file)));
    case 'pack':
      return packImage(request.name, resolve(request.file));
    case 'rm':
      for (const name of request.names) refuseUnderLayers(name, imageDirectory(name));
      for (const name of request.names) print(`removed ${shown(await removeImage(name))}`);
      return;
    case 'empty-cache':
      return print(`removed ${emptyCache()} from the cache`);
  }
}

async function build(name: string, recipe: Recipe): Promise<void> {
  const directory = join(places()[0], name);
  const start = performance.now();
  const { clear, ...options } = watcher();
  try {
    await buildImage(recipe, directory, { ...options, replace: true });
  } finally {
    clear();
  }
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  print(`Built ${shown(directory)} in ${seconds} s. To run in it: npm run step 8 -- --rootfs ${name}`);
}

async function packImage(name: string, file: string): Promise<void> {
  const directory = imageDirectory(name);
  if (!existsSync(directory))
    throw new UsageError(`There is no image ${name}. To see those that there are: npm run rootfs`);
  await interruptible((signal) => pack(directory, file, { signal }));
  print(`Wrote ${shown(file)}`);
}

function recipeFor(name: string, options: DebianOptions): Recipe {
  if (name === 'debian') return debianRecipe(options);
  try {
    return findRecipe(name);
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function watcher(): BuildOptions & { clear: () => void } {
  if (!isatty(2)) return { progress: progressLines(printError), say: printError, clear: () => {} };
  const { progress, clear } = progressBar(writeError);
  const say = (line: string) => {
    clear();
    printError(line);
  };
  return { progress, say, clear };
}

function existing(file: string): string {
  const path = resolve(file);
  if (!existsSync(path)) throw new UsageError(`There is no file ${path}.`);
  return path;
}
