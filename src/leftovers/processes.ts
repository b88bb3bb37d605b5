/**
 * Processes that outlive their container.
 *
 * With a PID namespace the kernel ends them all when process 1 ends. Steps 0 to
 * 2 have none: there, what a shell left running in the background becomes a
 * child of ours (PR_SET_CHILD_SUBREAPER) and is ended by its number.
 */
import { attempt } from '../executor/perform.ts';
import { childrenOf, otherProcesses, variableOf, wordsOf } from '../proc/stat.ts';
import { kill, wait4 } from '../syscalls/processes.ts';
import type { Leftover } from './leftover.ts';
import { isMarkOf, OWNER_VARIABLE, type Wanted } from './owner.ts';

const SIGKILL = 9;
const ROUNDS = 100;
/** `walker`, a descriptor, a mark. */
const MOST_WALKER_BYTES = 200;

/** The children that this process has now. */
export function currentChildren(): Set<number> {
  return new Set(childrenOf(process.pid));
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

export function find(wanted: Wanted): Leftover<'process'>[] {
  return otherProcesses()
    .filter((pid) => isMarkOf(ownerOf(pid) ?? '', wanted))
    .map((pid) => ({ kind: 'process', pid }));
}

export async function remove({ pid }: Leftover<'process'>): Promise<string | undefined> {
  return attempt(kill(pid, SIGKILL)).result === 0 ? String(pid) : undefined;
}

function endChild(pid: number): void {
  attempt(kill(pid, SIGKILL));
  attempt(wait4(pid, 0));
}

function ownerOf(pid: number): string | undefined {
  return variableOf(pid, OWNER_VARIABLE) ?? markOfWalker(pid);
}

/** The walker has no environment, and hides its memory: its mark is its last word. */
function markOfWalker(pid: number): string | undefined {
  const [program, , mark] = wordsOf(pid, MOST_WALKER_BYTES);
  return program === 'walker' ? mark : undefined;
}
