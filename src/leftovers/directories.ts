/** Directories for temporary files; the name of one is its owner's mark. */
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, lstatSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Leftover } from './leftover.ts';
import { isMarkOf, type Wanted } from './owner.ts';
import { succeeds } from './succeeds.ts';

/**
 * Makes a directory that bears the mark of `owner` and that nobody else may
 * enter, in the first place for temporary files that can be written.
 * @throws Error if there is no such place
 */
export function makeMarkedDirectory(owner: string): Leftover<'directory'> {
  for (const place of places()) {
    const path = makeIn(place, owner);
    if (path !== undefined) return { kind: 'directory', path };
  }
  throw new Error(`No temporary directory can be made in ${places().join(', ')}.`);
}

/** Only our own: anybody may make a directory of any name there. */
export function find(wanted: Wanted): Leftover<'directory'>[] {
  const names = new Set(places().flatMap((place) => namesIn(place).map((name) => join(place, name))));
  return [...names]
    .filter((path) => isMarkOf(path.slice(path.lastIndexOf('/') + 1), wanted) && isOwn(path))
    .map((path) => ({ kind: 'directory', path }));
}

/** @throws Error if something in it stays */
export async function remove({ path }: Leftover<'directory'>): Promise<string | undefined> {
  if (!isOwn(path)) return undefined;
  if (!succeeds(() => rmSync(path, { recursive: true, force: true }))) removeStubborn(path);
  if (existsSync(path)) throw new Error(`This directory cannot be removed: ${path}`);
  return path;
}

/** What a container has left can have names that are no text, and folders that are closed to their owner. */
function removeStubborn(path: string): void {
  const closed = ['-xdev', '-type', 'd', '!', '-perm', '-700', '-exec', 'chmod', 'u+rwx', '{}', ';'];
  spawnSync('find', [path, ...closed], { stdio: 'ignore' });
  spawnSync('rm', ['-rf', '--one-file-system', '--', path], { stdio: 'ignore' });
}

/** Where such directories can be made: places that this user may write to. The first one is usual. */
export function temporaryPlaces(): string[] {
  return places().filter((place) => succeeds(() => accessSync(place, constants.W_OK | constants.X_OK)));
}

function places(): string[] {
  return [...new Set([tmpdir(), '/tmp', '/var/tmp', '/dev/shm'])];
}

function makeIn(place: string, owner: string): string | undefined {
  const path = join(place, owner);
  try {
    mkdirSync(path, { mode: 0o700 });
    return path;
  } catch {
    return undefined;
  }
}

function isOwn(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === process.geteuid?.();
}

function namesIn(place: string): string[] {
  try {
    return readdirSync(place);
  } catch {
    return [];
  }
}
