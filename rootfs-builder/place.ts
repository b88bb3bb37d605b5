/** Where images, and what they are built from, are kept. */
import { accessSync, chmodSync, constants, existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { noHome, otherFolder, userFolder } from '../src/command-line/home.ts';
import { makeDirectory } from '../src/command-line/sudo-user.ts';

const WRITE = constants.W_OK | constants.X_OK;

const kit = dirname(dirname(fileURLToPath(import.meta.url)));

/**
 * The directories that may hold images, the preferred one first: `rootfs` in the
 * kit's own folder if we may write there, else the user's cache. Each is closed
 * to other users, who have images of their own.
 */
export function places(top = kit): readonly [string, ...string[]] {
  const own = join(top, 'rootfs');
  const cache = userFolder('cache');
  if (cache === undefined) return [own];
  return isWritable(existsSync(own) ? own : top) ? [own, join(cache, 'rootfs')] : [join(cache, 'rootfs'), own];
}

/** The directory that holds an image, or would hold it. */
export function choosePlace(image: string, top = kit): string {
  const all = places(top);
  return all.find((place) => existsSync(join(place, image))) ?? all[0];
}

/**
 * Makes a directory for images that its owner alone may enter. Root inside a
 * container can leave a set-user-id program in an image, and on disk that
 * program is real root's: nobody else on the machine may get at it.
 * @throws Error that says what to do, if this user may not
 */
export function makePlace(place: string): void {
  let refused: string | undefined;
  try {
    if (makeDirectory(place)) chmodSync(place, 0o700);
    refused = whyNot(place, WRITE);
  } catch (error) {
    refused = (error as NodeJS.ErrnoException).code;
  }
  if (refused === undefined) return;
  const { cause, remedy } = problemOf(place, refused);
  throw new Error(`${cause} Try: ${remedy}.`);
}

/** Why no image can be built here, and what to do; undefined if one can. */
export function placeProblem(): { readonly cause: string; readonly remedy: string } | undefined {
  const [place] = places();
  // What is not there is made in the nearest folder that is.
  let folder = place;
  while (whyNot(folder, constants.F_OK) === 'ENOENT') folder = dirname(folder);
  const refused = whyNot(folder, WRITE);
  return refused === undefined ? undefined : problemOf(place, refused);
}

function problemOf(place: string, code: string) {
  const homeless = userFolder('cache') === undefined ? ` ${noHome()}` : '';
  return { cause: `Images cannot be kept in ${place} (${code}).${homeless}`, remedy: otherFolder('cache') };
}

/** Where finished bootstraps are kept, to build from again: with the images for a user without a home. */
export function bootstrapPlace(): string {
  const cache = userFolder('cache');
  return cache === undefined ? join(kit, 'rootfs/.bootstrap') : join(cache, 'bootstrap');
}

/** Whether a directory is there and this user may look into it. */
export function isReadable(directory: string): boolean {
  return whyNot(directory, constants.R_OK | constants.X_OK) === undefined;
}

function isWritable(directory: string): boolean {
  return whyNot(directory, WRITE) === undefined;
}

/** Why this user cannot get at a directory in that way, such as EROFS; undefined if they can. */
function whyNot(directory: string, mode: number): string | undefined {
  try {
    accessSync(directory, mode);
    return undefined;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? 'EACCES';
  }
}
