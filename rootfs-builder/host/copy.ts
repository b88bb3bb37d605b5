/**
 * Copying from this machine into an image. A file keeps its path; what is a
 * symlink here to a directory (/bin, where it is usr/bin) is one there too.
 * Modes are set, never inherited: the umask must not show in an image.
 */
import {
  chmodSync,
  constants,
  copyFileSync,
  lstatSync,
  mkdirSync,
  realpathSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';

/** Makes a directory of the image, and those above it that are not there yet. */
export function makeDirectory(image: string, path: string, mode = 0o755): void {
  const made = join(image, path);
  if (isThere(made)) return;
  makeDirectory(image, dirname(path));
  mkdirSync(made);
  chmodSync(made, mode);
}

/** Writes a file of the image's own; its directory is made if need be. */
export function writeText(image: string, path: string, text: string): void {
  makeDirectory(image, dirname(path));
  writeFileSync(join(image, path), text);
  chmodSync(join(image, path), 0o644);
}

/** Copies what is at a path of this machine, through symlinks, to that path of the image. */
export function copyFile(image: string, path: string, mode: number): void {
  const copy = landing(image, path);
  if (isThere(copy)) return;
  copyFileSync(path, copy, constants.COPYFILE_FICLONE);
  chmodSync(copy, mode);
}

/** Copies a program; if its path is a symlink, the file goes where the link ends and the link is kept. */
export function copyProgram(image: string, path: string): void {
  const file = realpathSync(path);
  copyFile(image, file, 0o755);
  const link = landing(image, path);
  if (!isThere(link)) symlinkSync(relative(dirname(link), join(image, file)), link);
}

/** Makes a directory of this machine in the image, or the symlink that stands in its place. */
export function mirrorDirectory(image: string, directory: string): void {
  if (directory === '/') return;
  const above = dirname(directory);
  mirrorDirectory(image, above);
  makeDirectory(image, realpathSync(directory));
  const link = join(image, realpathSync(above), basename(directory));
  // Relative, since an absolute one would lead out of the image while it is being filled.
  if (!isThere(link)) symlinkSync(relative(realpathSync(above), realpathSync(directory)), link);
}

// Links among the directories are resolved here, on the host, so that no write goes through one.
function landing(image: string, path: string): string {
  mirrorDirectory(image, dirname(path));
  return join(image, realpathSync(dirname(path)), basename(path));
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}
