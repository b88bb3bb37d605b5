/** What /proc/PID/stat and its neighbours say of a process. Source: proc_pid_stat(5). */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * The fields of /proc/PID/stat from the third on, `state`; undefined for a
 * process that is not there. The name before them may hold blanks and parentheses.
 */
function fieldsOf(pid: number | 'self'): string[] | undefined {
  const stat = textOf(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** When a process started, in clock ticks since boot: field 22. Undefined for one that has ended, also for a zombie. */
export function startTime(pid: number): string | undefined {
  const [state, ...fields] = fieldsOf(pid) ?? [];
  return state === undefined || state === 'Z' || state === 'X' ? undefined : fields[18];
}

/** The parent of a process: field 4; 0 if it has none in this PID namespace, undefined if the process is not there. */
export function parentOf(pid: number): number | undefined {
  const fields = fieldsOf(pid);
  return fields && Number(fields[1]);
}

/**
 * The children of a process, also the dead whom nobody has asked after: each of
 * its threads lists its own. Source: proc_tid_children(5), which says that a list
 * is exact only while none of them ends. Without such lists, or in a /proc that
 * does not know the process, all processes are asked for their parent.
 */
export function childrenOf(pid: number): number[] {
  const directory = `/proc/${pid === process.pid ? 'self' : pid}/task`;
  const lists = namesIn(directory).map((thread) => textOf(`${directory}/${thread}/children`));
  const known = lists.filter((list) => list !== undefined);
  if (known.length === 0) return otherProcesses().filter((other) => parentOf(other) === pid);
  return known.flatMap((list) => list.split(' ').filter(Boolean).map(Number));
}

/** Our process group, and the foreground group of our terminal: fields 5 and 8. */
export function processGroups(): { readonly group: number; readonly foreground: number } {
  const fields = fieldsOf('self') ?? [];
  return { group: Number(fields[2]), foreground: Number(fields[5]) };
}

/** The processes of this PID namespace, but for our own. */
export function otherProcesses(): number[] {
  return readdirSync('/proc')
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
}

/** A variable in the environment with which a process was started; undefined where it is not there or not for us to see. */
export function variableOf(pid: number, name: string): string | undefined {
  return textOf(`/proc/${pid}/environ`)
    ?.split('\0')
    .find((entry) => entry.startsWith(`${name}=`))
    ?.slice(name.length + 1);
}

/** The number of this process's PID namespace. */
export function ownPidNamespace(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
