/** Which processes there are in a sandbox: those that descend from its process 1. */
import { readdirSync, readFileSync } from 'node:fs';
import { Process } from './process.ts';

/** Process 1 first; from the oldest to the youngest by number. */
export function descendants(first: number): Process[] {
  const childrenOf = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!(pid > 0)) continue;
    const parent = parentOf(pid);
    if (parent !== undefined) childrenOf.set(parent, [...(childrenOf.get(parent) ?? []), pid]);
  }
  const found: number[] = [first];
  for (const pid of found) found.push(...(childrenOf.get(pid) ?? []));
  return found.map((pid) => new Process(pid));
}

/** Field 4 of /proc/PID/stat; the name before it may hold anything. */
function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined; // It ended meanwhile.
  }
}
