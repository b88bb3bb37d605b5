/** Cgroups that this kit made: finding them, emptying them, and removing them. */
import { closeSync, constants, existsSync, openSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { cgroupsIn, processesIn, readWords } from '../proc/cgroup-files.ts';
import { cgroupMountPoints } from '../proc/memberships.ts';
import { freeze, freezerOf, thaw } from './freezer.ts';
import type { Leftover } from './leftover.ts';
import { isMarkOf, isOwnerName, isProcessName, type Wanted } from './owner.ts';
import { succeeds } from './succeeds.ts';

const PATIENCE_MS = 2000;
const PAUSE_MS = 10;
/** Far deeper than cgroups nest; a bind mount of a tree into itself must not go on for ever. */
const DEPTH = 32;

/**
 * Looks at every hierarchy that is mounted here. First come those in which all
 * processes can be ended at once. Leaves come last: they can go when the runs
 * beside them are gone.
 */
export function find(wanted: Wanted): Leftover<'cgroup'>[] {
  const mountPoints = cgroupMountPoints(readFileSync('/proc/self/mountinfo', 'utf8'));
  const found = mountPoints.flatMap((mountPoint) => foundBelow(mountPoint, DEPTH, wanted));
  return found.sort((a, b) => turnOf(a) - turnOf(b)).map((directory) => ({ kind: 'cgroup', directory }));
}

function turnOf(directory: string): number {
  if (isLeaf(directory)) return 2;
  return freezerOf(directory) ? 0 : 1;
}

/**
 * Kills what is still in a cgroup and removes it, with those below. A leaf holds
 * the processes that were there before the kit, so they move up instead. What a
 * run had switched on in its parent is switched off if the run has noted it;
 * for a run that is over nobody can tell who else has come to need it.
 * @throws Error that names the directory if it is still there after 2 s
 */
export async function remove({ directory, enabled = [] }: Leftover<'cgroup'>): Promise<string | undefined> {
  if (!existsSync(directory)) return undefined;
  if (isLeaf(directory)) return vacate(directory) ? directory : undefined;
  const isRemoved = emptyAndRemove(directory);
  const parent = dirname(directory);
  if (enabled.length > 0 && !hasOtherRuns(parent)) takeBack(parent, enabled);
  if (isRemoved) return directory;
  throw new Error(`This cgroup still has processes: ${directory}\nTry \`npm run clean\` in a moment.`);
}

/**
 * Room for a container's cgroup in a v2 cgroup that holds ourselves: named after
 * our process, without the number of a run. src/cgroups/v2-leaf.ts says why.
 */
export function isLeaf(directory: string): boolean {
  return isProcessName(basename(directory));
}

/**
 * Moves the processes of a leaf back up and removes it. Before there was a leaf
 * its parent had processes, so it handed out no controllers: all are taken back.
 * @throws Error with EBUSY if another cgroup there still hands them on.
 */
export function moveUp(leaf: string): void {
  const parent = dirname(leaf);
  const handedOut = readWords(parent, 'cgroup.subtree_control');
  if (handedOut.length > 0) writeFileSync(join(parent, 'cgroup.subtree_control'), signed('-', handedOut));
  for (const pid of processesIn(leaf)) moveTo(parent, pid);
  rmdirSync(leaf);
}

/** The mark of a cgroup: its name, to which systemd's scopes have an ending. */
export function markOf(directory: string): string {
  return basename(directory, '.scope');
}

function foundBelow(directory: string, depth: number, wanted: Wanted): string[] {
  if (isMarkOf(markOf(directory), wanted)) return [directory];
  if (depth === 0) return [];
  try {
    return cgroupsIn(directory).flatMap((below) => foundBelow(below, depth - 1, wanted));
  } catch {
    // It went away while we looked, or we may not look.
    return [];
  }
}

function vacate(leaf: string): boolean {
  return !hasOtherRuns(dirname(leaf)) && succeeds(() => moveUp(leaf));
}

function moveTo(directory: string, pid: number): void {
  try {
    writeFileSync(join(directory, 'cgroup.procs'), String(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Returns whether it is gone. */
function emptyAndRemove(directory: string): boolean {
  const deadline = Date.now() + PATIENCE_MS;
  while (!removeTree(directory)) {
    if (Date.now() > deadline) return false;
    killAll(directory);
    pause();
  }
  return true;
}

/**
 * Calls `act` with a path of each cgroup below one, the deepest first, and then
 * of the one itself. The way down goes by descriptors: a path can become longer
 * than any call takes (PATH_MAX).
 */
export function eachBelow(directory: string, act: (path: string) => void): void {
  let fd: number;
  try {
    fd = openSync(directory, constants.O_DIRECTORY | constants.O_NOFOLLOW);
  } catch {
    return; // It has gone.
  }
  try {
    const path = `/proc/self/fd/${fd}`;
    for (const name of namesBelow(path)) eachBelow(`${path}/${name}`, act);
    act(path);
  } finally {
    closeSync(fd);
  }
}

function namesBelow(path: string): string[] {
  try {
    return cgroupsIn(path).map((below) => basename(below));
  } catch {
    return [];
  }
}

/** rmdir(2) works on a cgroup without processes and children, by its name; the files in it do not count. */
function removeTree(top: string): boolean {
  eachBelow(top, (path) => {
    for (const name of namesBelow(path)) succeeds(() => rmdirSync(`${path}/${name}`));
  });
  succeeds(() => rmdirSync(top));
  return !existsSync(top);
}

/**
 * Whoever forks is faster than we are, so nobody forks meanwhile: the kernel
 * kills all at once (cgroup.kill, Linux 5.14), or all stand still first. In v1 a
 * process that stands still dies only when it goes on.
 */
function killAll(top: string): void {
  const killFile = join(top, 'cgroup.kill');
  if (existsSync(killFile)) {
    succeeds(() => writeFileSync(killFile, '1'));
    return;
  }
  succeeds(() => freeze(top));
  eachBelow(top, (path) => processesIn(path).forEach(killProcess));
  letGo(top);
}

/** What stands still in a cgroup, or in those below, goes on: so that it can come to its end. */
export function letGo(top: string): void {
  eachBelow(top, (path) => succeeds(() => thaw(path)));
}

function killProcess(pid: number): void {
  // 0 is a process outside of our PID namespace, and to kill(2) our own process group.
  if (pid > 0 && pid !== process.pid) succeeds(() => process.kill(pid, 'SIGKILL'));
}

/** Undoes what was changed in the parent; another cgroup that has come to need it keeps it: EBUSY. */
function takeBack(parent: string, enabled: readonly string[]): void {
  for (const leaf of cgroupsIn(parent).filter(isLeaf)) succeeds(() => moveUp(leaf));
  succeeds(() => writeFileSync(join(parent, 'cgroup.subtree_control'), signed('-', enabled)));
}

/** Whether a run of this kit, living or not, has a cgroup in a directory. */
function hasOtherRuns(parent: string): boolean {
  return cgroupsIn(parent).some((directory) => isOwnerName(basename(directory)) && !isLeaf(directory));
}

function signed(sign: '+' | '-', controllers: readonly string[]): string {
  return controllers.map((controller) => `${sign}${controller}`).join(' ');
}

/** Blocks this thread for a moment: the end of a run can be on exit, where nothing can be awaited. */
function pause(): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
}
