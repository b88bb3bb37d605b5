/** Removing an image by its name. */
import { accessSync, constants, lstatSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { imageDirectory } from './images.ts';
import { assertIdle } from './in-use.ts';
import { removeAbandoned, removedIn, unfinishedName } from './leftovers.ts';
import { removeTree } from './remove.ts';

/**
 * Removes an image and returns the directory that it was in. It is moved away
 * first, so that it is there whole or not at all. Throws if there is none, if it
 * is in use, or if it is somebody else's.
 */
export async function removeImage(name: string, place?: string): Promise<string> {
  const directory = imageDirectory(name, place);
  if (!isThere(directory)) {
    throw new Error(`There is no image \`${name}\`. To see those that there are: npm run rootfs`);
  }
  assertMayRemove(directory);
  assertIdle(directory);
  await removeAbandoned(dirname(directory));
  // Not in the form of a replaced image: what is being removed must not be put back.
  const workshop = join(dirname(directory), unfinishedName(name));
  mkdirSync(workshop, { mode: 0o700 });
  try {
    renameSync(directory, removedIn(workshop));
  } finally {
    await removeTree(workshop);
  }
  return directory;
}

/** @throws Error if it is in a place that is closed to this user */
function isThere(directory: string): boolean {
  try {
    return lstatSync(directory, { throwIfNoEntry: false }) !== undefined;
  } catch {
    throw notYours(directory);
  }
}

function assertMayRemove(directory: string): void {
  try {
    accessSync(dirname(directory), constants.W_OK | constants.X_OK);
  } catch {
    throw notYours(directory);
  }
}

function notYours(directory: string): Error {
  return new Error(`${directory} is not yours to remove. Run with sudo.`);
}
