/**
 * Root file systems for steps to run in. An image is a plain directory, known by
 * its name.
 */
import { existsSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, relative } from 'node:path';
import { choosePlace } from './place.ts';

export interface ImageOptions {
  /** The directory that holds the images; by default the one that `choosePlace` finds. */
  readonly place?: string;
  /** Is called with one line about a build before it starts. */
  readonly onProgress?: (line: string) => void;
}

const NAME = /^[a-z0-9]+([._-][a-z0-9]+)*$/;

export function isName(name: string): boolean {
  return NAME.test(name);
}

/** Throws if the name could lead elsewhere. */
export function checkName(name: string): void {
  if (isName(name)) return;
  throw new Error(`${JSON.stringify(name)} is no name for an image: small letters and digits, joined by . _ or -`);
}

/** The absolute directory of an image, there or not. Throws if the name could lead elsewhere. */
export function imageDirectory(name: string, place?: string): string {
  checkName(name);
  return join(place ?? choosePlace(name), name);
}

/**
 * The absolute directory of an image, which is built first if it is not there
 * and takes no time. Throws if it is not there and is not to be built like
 * that, if there is no recipe of that name, or if the build fails; the message
 * says what to do or what is missing.
 */
export async function ensureImage(name: string, options: ImageOptions = {}): Promise<string> {
  const directory = imageDirectory(name, options.place);
  if (existsSync(directory) && statSync(directory).isDirectory()) return directory;
  const { buildImage, findRecipe } = loadBuilder();
  const recipe = findRecipe(name);
  if (recipe.onlyOnDemand) {
    throw new Error(`There is no image \`${name}\` yet. Build it (${recipe.takes}): npm run rootfs -- ${name}`);
  }
  options.onProgress?.(`Building the image \`${name}\` in ${shown(directory)} (once, ${recipe.takes})…`);
  await buildImage(recipe, directory);
  return directory;
}

/** Loaded late: a step should not wait for forty modules that it needs only once. */
function loadBuilder() {
  const build: typeof import('./build.ts') = createRequire(import.meta.url)('./build.ts');
  const recipes: typeof import('./recipes.ts') = createRequire(import.meta.url)('./recipes.ts');
  return { ...build, ...recipes };
}

/** Whether an image is there, or could be built. Throws with the list of recipes if not. */
export function checkImage(name: string): void {
  if (!existsSync(imageDirectory(name))) loadBuilder().findRecipe(name);
}

/** A path as short as it can be from here. */
export function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return short.startsWith('..') ? path : short;
}
