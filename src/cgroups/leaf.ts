/**
 * Room for a container's cgroup in a v2 cgroup that holds ourselves.
 *
 * Only the top of the hierarchy may have both processes and children with
 * controllers (cgroup-v2.rst, No Internal Process Constraint). So who lives in a
 * delegated cgroup moves down into a leaf first, and back up afterwards. The
 * leaf is named after our process, without the number of a run. What is in it is
 * never killed: the terminal's shell may be among it.
 */
import { readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isOwnerName } from '../leftovers/owner.ts';
import { type Call, tolerating } from '../syscalls/call.ts';
import { ensureDirectory, writeFile } from '../syscalls/files.ts';
import { processesIn, readWords } from './machine.ts';

export interface Leaf {
  readonly directory: string;
  readonly pids: readonly number[];
}

/** The leaf that the processes of `parent` could move into, or undefined if not all of them are ours. */
export function leafFor(parent: string, name: string): Leaf | undefined {
  const directory = join(parent, name.replace(/-\d+$/, ''));
  const pids = processesIn(parent);
  return isLeaf(directory) && areOurs(pids) ? { directory, pids } : undefined;
}

export function isLeaf(directory: string): boolean {
  const name = basename(directory);
  return isOwnerName(name) && name.split('-').length === 'container-lab-PIDNS-PID-STARTTIME'.split('-').length;
}

/** Moves our processes down. */
export function moveDown({ directory, pids }: Leaf): Call[] {
  const moves = pids.flatMap((pid) =>
    // One that has ended meanwhile is no trouble.
    writeFile(join(directory, 'cgroup.procs'), String(pid)).map((call) =>
      call.info.name === 'write' ? tolerating('ESRCH', call) : call,
    ),
  );
  return [ensureDirectory(directory), ...moves];
}

/**
 * Moves the processes of a leaf back up and removes it. Before there was a leaf
 * its parent had processes, so it handed out no controllers: all are taken back.
 * @throws Error with EBUSY if another cgroup there still hands them on.
 */
export function moveUp(leaf: string): void {
  const parent = dirname(leaf);
  const handedOut = readWords(parent, 'cgroup.subtree_control');
  if (handedOut.length > 0) {
    writeFileSync(join(parent, 'cgroup.subtree_control'), handedOut.map((controller) => `-${controller}`).join(' '));
  }
  for (const pid of processesIn(leaf)) moveTo(parent, pid);
  rmdirSync(leaf);
}

function moveTo(directory: string, pid: number): void {
  try {
    writeFileSync(join(directory, 'cgroup.procs'), String(pid));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** Whether all descend from the eldest of our own forebears among them, such as npm or a shell. */
function areOurs(pids: readonly number[]): boolean {
  const eldest = forebears(process.pid).findLast((pid) => pids.includes(pid));
  return eldest !== undefined && pids.every((pid) => forebears(pid).includes(eldest));
}

/** A process, its parent, its parent's parent and so on. */
function forebears(pid: number): number[] {
  const line: number[] = [];
  for (let next = pid; next > 0; next = parentOf(next)) line.push(next);
  return line;
}

/** Field 4 of /proc/PID/stat; the name before it may hold blanks and parentheses. */
function parentOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return 0;
  }
}
