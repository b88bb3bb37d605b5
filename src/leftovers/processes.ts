/**
 * Processes that outlive their container.
 *
 * With a PID namespace the kernel ends them all when process 1 ends. Steps 0 to
 * 2 have none: there, what a shell left running in the background becomes a
 * child of ours (PR_SET_CHILD_SUBREAPER) and is ended by its number.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { attempt } from '../executor/perform.ts';
import { OWNER_VARIABLE } from '../settings/process.ts';
import { kill, wait4 } from '../syscalls/processes.ts';
import { isAbandoned } from './owner.ts';

const SIGKILL = 9;
const ROUNDS = 100;

/** The children that this process has now. */
export function currentChildren(): Set<number> {
  return new Set(processes().filter((pid) => parentOf(pid) === process.pid));
}

/**
 * Ends every process that has become our child in a run: all that were not
 * there `before`, but for those that carry the mark of another run of ours.
 */
export function endStrays(owner: string, before: ReadonlySet<number>): void {
  for (let round = 0; round < ROUNDS; round++) {
    // Ending one hands its own children to us: look again until there are none.
    const strays = [...currentChildren()].filter((pid) => !before.has(pid) && (ownerOf(pid) ?? owner) === owner);
    if (strays.length === 0) return;
    for (const pid of strays) endChild(pid);
  }
}

/** Ends what runs that are dead have left running. Gives the processes ended. */
export function endAbandoned(): number[] {
  const abandoned = processes().filter((pid) => isAbandoned(ownerOf(pid) ?? ''));
  for (const pid of abandoned) attempt(kill(pid, SIGKILL));
  return abandoned;
}

function endChild(pid: number): void {
  attempt(kill(pid, SIGKILL));
  attempt(wait4(pid, 0));
}

function processes(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
}

function parentOf(pid: number): number | undefined {
  const stat = readText(`/proc/${pid}/stat`);
  return stat === undefined ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
}

function ownerOf(pid: number): string | undefined {
  return readText(`/proc/${pid}/environ`)
    ?.split('\0')
    .find((entry) => entry.startsWith(`${OWNER_VARIABLE}=`))
    ?.slice(OWNER_VARIABLE.length + 1);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
