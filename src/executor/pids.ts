/** Whose number is which: a process is counted differently in each PID namespace. */
import { readBeginning } from '../proc/bounded.ts';
import { childrenOf } from '../proc/stat.ts';

/** A process can have groups without end in there. */
const MOST_BYTES = 16 * 1024;

/**
 * How many PID namespaces further in than this process another one lives;
 * undefined when it is gone. Source: proc_pid_status(5), NSpid.
 */
export function depthOf(pid: number): number | undefined {
  const numbers = numbersOf(pid);
  return numbers.length === 0 ? undefined : numbers.length - 1;
}

/** The child of `parent` that has this number, so many PID namespaces further in. */
export function findChild(parent: number, number: number, depth: number): number | undefined {
  if (depth === 0) return number;
  return childrenOf(parent).find((pid) => numbersOf(pid)[depth] === number);
}

/** The numbers of a process, from this process's PID namespace inward. */
function numbersOf(pid: number): number[] {
  const [, numbers = ''] = /^NSpid:\s*(.*)$/m.exec(read(`/proc/${pid}/status`)) ?? [];
  return numbers === '' ? [] : numbers.split(/\s+/).map(Number);
}

function read(path: string): string {
  try {
    return readBeginning(path, MOST_BYTES).toString('utf8');
  } catch {
    return '';
  }
}
