/**
 * Room for a container's cgroup in a v2 cgroup that holds ourselves.
 *
 * Only the top of the hierarchy may have both processes and children with
 * controllers (cgroup-v2.rst, No Internal Process Constraint). So who lives in a
 * delegated cgroup moves down into a leaf first, and back up afterwards. The
 * leaf is named after our process, without the number of a run. What is in it is
 * never killed: the terminal's shell may be among it.
 */
import { join } from 'node:path';
import { isLeaf } from '../leftovers/cgroups.ts';
import { processesIn } from '../proc/cgroup-files.ts';
import { parentOf } from '../proc/stat.ts';
import { type Call, tolerating } from '../syscalls/call.ts';
import { ensureDirectory, writeFile } from '../syscalls/files.ts';

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

/** Whether all descend from the eldest of our own forebears among them, such as npm or a shell. */
function areOurs(pids: readonly number[]): boolean {
  const eldest = forebears(process.pid).findLast((pid) => pids.includes(pid));
  return eldest !== undefined && pids.every((pid) => forebears(pid).includes(eldest));
}

/** A process, its parent, its parent's parent and so on. */
function forebears(pid: number): number[] {
  const line: number[] = [];
  for (let next = pid; next > 0; next = parentOf(next) ?? 0) line.push(next);
  return line;
}
