/** Emptying cgroups that this kit made, and removing them. */
import { existsSync, readdirSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isOwnerName } from '../leftovers/owner.ts';
import { isLeaf, moveUp } from './leaf.ts';
import { processesIn } from './machine.ts';
import type { Place } from './places.ts';

const PATIENCE_MS = 2000;
const PAUSE_MS = 10;

/** @throws Error that names the directories that could not be removed. */
export function removePlaces(places: readonly Place[]): void {
  const made = places.filter(({ directory }) => existsSync(directory));
  const left = emptyAndRemove(made.map(({ directory }) => directory));
  for (const { version, parent, enable } of made) {
    if (version === 2 && !hasOtherRuns(parent)) takeBack(parent, enable);
  }
  if (left.length === 0) return;
  throw new Error(`These cgroups still have processes: ${left.join(' ')}\nTry \`npm run clean\` in a moment.`);
}

/**
 * Kills what is in the given cgroups and those below, and removes them.
 * Gives those that are still there after 2 s.
 */
export function emptyAndRemove(directories: readonly string[]): string[] {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const left = directories.filter((directory) => !removeTree(directory));
    if (left.length === 0 || Date.now() > deadline) return left;
    for (const directory of left) killAll(directory);
    pause();
  }
}

/** A cgroup and those below it, the deepest first: the order in which they can be removed. */
function withDescendants(directory: string): string[] {
  try {
    return [...subdirectories(directory).flatMap(withDescendants), directory];
  } catch {
    return [];
  }
}

/** rmdir(2) works on a cgroup without processes and children; the files in it do not count. */
function removeTree(top: string): boolean {
  for (const directory of withDescendants(top)) attempt(() => rmdirSync(directory));
  return !existsSync(top);
}

function killAll(top: string): void {
  const killFile = join(top, 'cgroup.kill');
  if (existsSync(killFile)) attempt(() => writeFileSync(killFile, '1'));
  else withDescendants(top).flatMap(processesIn).forEach(killProcess);
}

function killProcess(pid: number): void {
  // 0 is a process outside of our PID namespace, and to kill(2) our own process group.
  if (pid > 0 && pid !== process.pid) attempt(() => process.kill(pid, 'SIGKILL'));
}

/** Undoes what `create` changed in the parent; another cgroup that has come to need it keeps it: EBUSY. */
function takeBack(parent: string, enabled: readonly string[]): void {
  for (const leaf of subdirectories(parent).filter(isLeaf)) attempt(() => moveUp(leaf));
  const minus = enabled.map((controller) => `-${controller}`).join(' ');
  if (minus) attempt(() => writeFileSync(join(parent, 'cgroup.subtree_control'), minus));
}

/** Whether a run of this kit, living or dead, has a cgroup in a directory. */
export function hasOtherRuns(parent: string): boolean {
  return subdirectories(parent).some((directory) => isOwnerName(basename(directory)) && !isLeaf(directory));
}

export function subdirectories(directory: string): string[] {
  const entries = readdirSync(directory, { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(directory, name));
}

/** What fails here is tried again or shows in what is left. */
function attempt(act: () => unknown): void {
  try {
    act();
  } catch {}
}

/** Blocks this thread: remove() is called where nothing can be awaited, as on exit. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
