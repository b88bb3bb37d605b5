/**
 * The mark that this kit leaves on what outlives a process: cgroups and veth
 * links carry the name of the run that made them, so that `npm run clean` can
 * tell leftovers of a dead run from the work of a live one, and both from what
 * is none of our business.
 */
import { readFileSync, readlinkSync } from 'node:fs';

const PREFIX = 'container-lab';
const PATTERN = /^container-lab-(\d+)-(\d+)-(\d+)(?:-(\d+))?$/;

let runs = 0;

/**
 * A name for one run, unique on this machine:
 * `container-lab-PIDNS-PID-STARTTIME-RUN`. A PID alone is used again one day;
 * with its start time it is not, and both hold only in their PID namespace.
 */
export function newOwnerName(): string {
  runs += 1;
  return `${PREFIX}-${pidNamespace()}-${process.pid}-${startTime(process.pid)}-${runs}`;
}

/** Whether a name is one that this kit gives, in any PID namespace. */
export function isOwnerName(name: string): boolean {
  return PATTERN.test(name);
}

/** Whether a name is this kit's, from this PID namespace, and its run is over. */
export function isAbandoned(name: string): boolean {
  const [, namespace, pid, started] = PATTERN.exec(name) ?? [];
  return namespace === pidNamespace() && pid !== undefined && startTime(Number(pid)) !== started;
}

/** Interface names have at most 15 characters: room for the last digits of the start time, and of the run. */
const START_DIGITS = 5;
const LINK_PATTERN = /^lab([0-9a-z]+)-([0-9a-z]{5})[0-9a-z]$/;

/** A name for an interface of a run: `labPID-STARTTIMERUN`, all in base 36. */
export function newLinkName(owner: string): string {
  const [, , pid, started, run] = PATTERN.exec(owner) ?? [];
  return `lab${Number(pid).toString(36)}-${lastDigits(started, START_DIGITS)}${lastDigits(run, 1)}`;
}

/** Whether an interface has such a name, and its process is over. */
export function isAbandonedLink(name: string): boolean {
  const [, pid, started] = LINK_PATTERN.exec(name) ?? [];
  return pid !== undefined && lastDigits(startTime(Number.parseInt(pid, 36)), START_DIGITS) !== started;
}

function lastDigits(decimal: string | undefined, count: number): string | undefined {
  return decimal && Number(decimal).toString(36).padStart(count, '0').slice(-count);
}

function pidNamespace(): string {
  return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0';
}

/**
 * Field 22 of /proc/PID/stat: when a process started, in clock ticks since boot.
 * Undefined for one that is over, be it only a zombie.
 */
function startTime(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' || state === 'X' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
