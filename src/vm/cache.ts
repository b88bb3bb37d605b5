/** What is built once and used again: `~/.cache/container-lab/vm`. */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolders } from '../../native/folders.cjs';
import { noHome, otherFolder, userFolder } from '../command-line/home.ts';
import { quoted } from '../command-line/quoted.ts';
import { isOver, isUnknown, newOwnerName, unknownLine } from '../leftovers/owner.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const KEPT_DAYS = 14;

/** @throws Error for a user without a home */
export function cacheDirectory(): string {
  const cache = userFolder('cache');
  if (cache === undefined) throw new Error(`The machine cannot be kept. ${noHome()} Try: ${otherFolder('cache')}.`);
  return join(cache, 'vm');
}

/** A short name for what something is made of. */
export function keyOf(...ingredients: readonly string[]): string {
  const hash = createHash('sha256');
  for (const ingredient of ingredients) hash.update(`${ingredient.length}:${ingredient}`);
  return hash.digest('hex').slice(0, 12);
}

/**
 * The directory in the cache with a name, filled by `build` if it is not there.
 * It is built beside its place and renamed when it is whole, so a build that
 * was interrupted leaves nothing that could be taken for one.
 */
export function cached(name: string, build: (directory: string) => void): string {
  const cache = cacheDirectory();
  const directory = join(cache, name);
  if (!existsSync(directory)) {
    makeCache(cache);
    sweep(cache);
    forget(cache);
    const unfinished = join(cache, newOwnerName());
    mkdirSync(unfinished);
    try {
      build(unfinished);
      if (!existsSync(directory)) renameSync(unfinished, directory);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
  }
  const now = new Date();
  utimesSync(directory, now, now);
  return directory;
}

/** @throws Error that says what to do, if this user may not */
function makeCache(cache: string): void {
  try {
    makeFolders(cache);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The machine cannot be kept in ${cache} (${code}). Try: ${otherFolder('cache')}.`, {
      cause: error,
    });
  }
}

/** Removes what is named after processes that are dead. */
export function sweep(directory: string): void {
  for (const name of readdirSync(directory).filter(isOver)) {
    try {
      rmSync(join(directory, name), { recursive: true, force: true });
    } catch {
      // Another user's.
    }
  }
}

/** What `sweep` leaves alone since nobody can know from here whether its process is dead: a line each. */
export function unknownIn(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter(isUnknown)
    .map((name) => unknownLine(join(directory, name), name, `rm -r ${quoted(join(directory, name))}`));
}

/** Removes what nobody has used for two weeks. */
function forget(cache: string): void {
  for (const name of readdirSync(cache)) {
    const used = statSync(join(cache, name), { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - used > KEPT_DAYS * DAY_MS) rmSync(join(cache, name), { recursive: true, force: true });
  }
}
