/** Where images, and what they are built from, are kept. */
import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeDirectory } from '../src/command-line/sudo-user.ts';

const kit = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The directories that may hold images, the preferred one first: `rootfs` in the
 * kit's own folder if we may write there, else the user's cache. Each is closed
 * to other users, who have images of their own.
 */
export function places(top = kit): readonly [string, string] {
  const own = join(top, 'rootfs');
  const cache = join(cacheHome(), 'container-lab', 'rootfs');
  return isWritable(existsSync(own) ? own : top) ? [own, cache] : [cache, own];
}

/** The directory that holds an image, or would hold it. */
export function choosePlace(image: string, top = kit): string {
  const [preferred, other] = places(top);
  return [preferred, other].find((place) => existsSync(join(place, image))) ?? preferred;
}

/**
 * Makes a directory for images that its owner alone may enter. Root inside a
 * container can leave a set-user-id program in an image, and on disk that
 * program is real root's: nobody else on the machine may get at it.
 */
export function makePlace(place: string): void {
  if (makeDirectory(place)) chmodSync(place, 0o700);
}

/** Where finished bootstraps are kept, to build from again. */
export function bootstrapPlace(): string {
  return join(cacheHome(), 'container-lab', 'bootstrap');
}

// XDG Base Directory Specification, which has relative paths ignored.
function cacheHome(): string {
  const home = process.env.XDG_CACHE_HOME ?? '';
  return isAbsolute(home) ? home : join(homedir(), '.cache');
}

/** Whether a directory is there and this user may look into it. */
export function isReadable(directory: string): boolean {
  return isAccessible(directory, constants.R_OK | constants.X_OK);
}

function isWritable(directory: string): boolean {
  return isAccessible(directory, constants.W_OK | constants.X_OK);
}

function isAccessible(directory: string, mode: number): boolean {
  try {
    accessSync(directory, mode);
    return true;
  } catch {
    return false;
  }
}
