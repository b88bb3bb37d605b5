/** What /proc/PID/stat and its neighbours say of a process. Source: proc_pid_stat(5). */
import { readdirSync, readlinkSync } from 'node:fs';
import { readBeginning } from './bounded.ts';

/** After so many looks a process that goes on making children is taken as it is. */
const LOOKS = 10;
/** Of a list of children, and of the rest. */
const MOST_TEXT = 1024 * 1024;
/** A process can change what is shown as its environment to any size (prctl(2), PR_SET_MM_MAP). */
const MOST_ENVIRONMENT = 256 * 1024;

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

/** One letter: `R`, `S`, `Z`, …: field 3. Undefined if the process is not there. */
export function stateOf(pid: number): string | undefined {
  return fieldsOf(pid)?.[0];
}

/**
 * The system call in which a process sleeps, as this machine numbers its calls; undefined while it runs, or where the
 * kernel does not say. Source: proc_pid_syscall(5).
 */
export function callOf(pid: number): number | undefined {
  const number = Number.parseInt(textOf(`/proc/${pid}/syscall`) ?? '', 10);
  return Number.isNaN(number) ? undefined : number;
}

/** The parent of a process: field 4; 0 if it has none in this PID namespace, undefined if the process is not there. */
export function parentOf(pid: number): number | undefined {
  const fields = fieldsOf(pid);
  return fields && Number(fields[1]);
}

/**
 * The children of a process, also the dead whom nobody has asked after: each of
 * its threads lists its own. Source: proc_tid_children(5), which says that a list
 * can lack some while others end: so it counts when it is twice the same. Without
 * such lists, or in a /proc that does not know the process, all processes are
 * asked for their parent.
 */
export function childrenOf(pid: number): number[] {
  let found = listedChildrenOf(pid);
  for (let look = 1; look < LOOKS && found !== undefined; look++) {
    const before = found;
    found = listedChildrenOf(pid);
    if (found === before) break;
  }
  if (found === undefined) return otherProcesses().filter((other) => parentOf(other) === pid);
  return found.split(' ').filter(Boolean).map(Number);
}

/** The children of all threads as the kernel lists them at this moment; undefined without any list. */
function listedChildrenOf(pid: number): string | undefined {
  const directory = `/proc/${pid === process.pid ? 'self' : pid}/task`;
  const lists = namesIn(directory).map((thread) => textOf(`${directory}/${thread}/children`));
  const known = lists.filter((list) => list !== undefined);
  return known.length === 0 ? undefined : known.join(' ');
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
  const bytes = bytesOf(`/proc/${pid}/environ`, MOST_ENVIRONMENT);
  if (!bytes) return undefined;
  const [all, start] = [Buffer.concat([Buffer.from('\0'), bytes, Buffer.from('\0')]), `\0${name}=`];
  const at = all.indexOf(start);
  return at < 0 ? undefined : all.toString('utf8', at + start.length, all.indexOf(0, at + 1));
}

/** The words with which a process was started, as far as they fit into so many bytes; none if it is not there. */
export function wordsOf(pid: number, most: number): string[] {
  const bytes = bytesOf(`/proc/${pid}/cmdline`, most);
  return bytes ? bytes.toString('utf8').split('\0').slice(0, -1) : [];
}

/** The number of this process's PID namespace. */
export function ownPidNamespace(): string {
  return numberIn(readlinkSync('/proc/self/ns/pid'));
}

/** The number that the PID namespace of the machine has on every Linux. Source: include/linux/proc_ns.h, PROC_PID_INIT_INO. */
const FIRST_PID_NAMESPACE = '4026531836';

/** Whether the numbers of processes are here those that the machine's own programs know. */
export function countsAsTheMachine(): boolean {
  return ownPidNamespace() === FIRST_PID_NAMESPACE;
}

/**
 * The numbers of all PID namespaces that have a process; undefined where not all
 * processes can be seen: outside of the machine's own namespace, or for another
 * user than root. Source: pid_namespaces(7), proc_pid_ns(5).
 */
export function livingPidNamespaces(): Set<string> | undefined {
  if (!countsAsTheMachine()) return undefined;
  const found = new Set([FIRST_PID_NAMESPACE]);
  // Process 1 is in that one, and may not be for us to look at.
  for (const pid of otherProcesses().filter((other) => other !== 1)) {
    try {
      found.add(numberIn(readlinkSync(`/proc/${pid}/ns/pid`)));
    } catch (error) {
      // One that has ended has no namespace.
      if (!['ENOENT', 'ESRCH'].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    }
  }
  return found;
}

/** `pid:[4026531836]` without all that is around the number. */
function numberIn(link: string): string {
  return /\d+/.exec(link)?.[0] ?? '0';
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}

function textOf(path: string): string | undefined {
  return bytesOf(path, MOST_TEXT)?.toString('utf8');
}

function bytesOf(path: string, most: number): Buffer | undefined {
  try {
    return readBeginning(path, most);
  } catch {
    return undefined;
  }
}
