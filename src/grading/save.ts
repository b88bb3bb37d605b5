/**
 * Writing results: whole or not at all, and only where the caller asked for
 * them. A folder of submissions may hold links that lead elsewhere.
 */
import { randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, lstatSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { UsageError } from '../command-line/usage-error.ts';

/**
 * Whether a file can be written there, found before anything is graded.
 * @throws UsageError if its folder is not there, or a link below one of
 * `submitted` leads to it
 */
export function checkPlace(file: string, submitted: readonly string[]): void {
  const folder = dirname(resolve(file));
  for (const directory of submitted) refuseLinks(resolve(directory), folder, file);
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${file} cannot be written: there is no folder ${dirname(file)}.`);
  }
  if (lstatSync(file, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`${file} is a folder.`);
}

function refuseLinks(directory: string, folder: string, file: string): void {
  const below = relative(directory, folder);
  if (below === '' || below.split(sep)[0] === '..') return;
  let path = directory;
  for (const name of below.split(sep)) {
    path = join(path, name);
    if (lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink()) {
      throw new UsageError(`${file} leads through a symbolic link in a submission, and is not written.`);
    }
  }
}

/** Takes the place of what has the name, also of a link, at once. */
export function save(file: string, content: string | Buffer): void {
  const draft = join(dirname(file), `.${randomBytes(6).toString('hex')}.tmp`);
  const fd = openSync(draft, 'wx', 0o666);
  try {
    writeFileSync(fd, content);
    fsyncSync(fd);
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}
