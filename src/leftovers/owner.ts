/**
 * The mark that this kit leaves on what outlives a process: cgroups and veth
 * links carry the name of the run that made them. So `npm run clean` can tell
 * what a run that is over has left from the work of one that lives, and both
 * from what is not the kit's.
 */
import { readFileSync } from 'node:fs';
import { isOwnProc, requireOwnProc } from '../proc/own.ts';
import { livingPidNamespaces, ownPidNamespace, startTime } from '../proc/stat.ts';
import { leaveNote } from './notes.ts';

/** The variable by which the processes of a run are known. */
export const OWNER_VARIABLE = 'CONTAINER_LAB';

const PREFIX = 'container-lab';
const PATTERN = /^container-lab-([0-9a-f]{8})-(\d+)-(\d+)-(\d+)(?:-(\d+))?$/;
const BOOT_DIGITS = 8;

let runs = 0;

/**
 * A name for one run, like no other: `container-lab-BOOT-PIDNS-PID-STARTTIME-RUN`.
 * A PID alone is used again one day; with its start time it is not, and both
 * hold only in their PID namespace, on their machine, until it is started anew.
 * With the first one the process is noted as one that may leave something.
 */
export function newOwnerName(): string {
  if (runs === 0) leaveNote(processName());
  runs += 1;
  return `${processName()}-${runs}`;
}

/** A name for this process, the same for all of its runs. @throws Error where /proc is not ours: it would be another's */
export function processName(): string {
  requireOwnProc();
  return [PREFIX, bootId(), ownPidNamespace(), process.pid, startTime(process.pid)].join('-');
}

/** Whether a name is one that this kit gives, on any machine, in any PID namespace. */
export function isOwnerName(name: string): boolean {
  return PATTERN.test(name);
}

/** Whether it is the name of a process, not of one of its runs. */
export function isProcessName(name: string): boolean {
  const [whole, , , , , run] = PATTERN.exec(name) ?? [];
  return whole !== undefined && run === undefined;
}

/**
 * What is known of an owner. One that cannot be seen from here, since it is on
 * another machine, in a PID namespace that /proc does not show, or hidden by the
 * mount option `hidepid` of /proc, is not over for that.
 */
export type OwnerState = 'lives' | 'over' | 'unknown';

export function ownerState(name: string): OwnerState {
  const [, boot, namespace, pid, started] = PATTERN.exec(name) ?? [];
  if (!isOwnProc() || boot !== bootId()) return 'unknown';
  // A PID namespace ends with its process 1: where no process is in it, its processes are over.
  if (namespace !== ownPidNamespace())
    return livingPidNamespaces()?.has(String(namespace)) === false ? 'over' : 'unknown';
  const start = startTime(Number(pid));
  if (start !== undefined) return start === started ? 'lives' : 'over';
  return isHidden(Number(pid)) ? 'unknown' : 'over';
}

/** Whether a name is this kit's, and its process is known to have ended. */
export function isOver(name: string): boolean {
  return isOwnerName(name) && ownerState(name) === 'over';
}

/** Whether a name is this kit's, and nobody can know from here whether its process has ended. */
export function isUnknown(name: string): boolean {
  return isOwnerName(name) && ownerState(name) === 'unknown';
}

/** What is said of something that an unknown owner has made, and how it is removed by hand. */
export function unknownLine(what: string, owner: string, byHand: string): string {
  const [, , , pid] = PATTERN.exec(owner) ?? [];
  return `left alone: ${what}, made by process ${pid} ${whyUnknown(owner)} (if that has ended: ${byHand})`;
}

/** Why no more is known of an unknown owner. */
export function whyUnknown(name: string): string {
  const [, boot, namespace] = PATTERN.exec(name) ?? [];
  if (boot !== bootId()) return 'on another machine, or on this one before it was started anew';
  if (namespace !== ownPidNamespace()) return `of another PID namespace (${namespace})`;
  return 'that /proc hides from this user';
}

/** Says of a mark on something that is left whether it is one of those that are looked for. */
export type Wanted = string | ((mark: string) => boolean);

/** Whether a mark is that of an owner, or one of those that are looked for. */
export function isMarkOf(mark: string, wanted: Wanted): boolean {
  return typeof wanted === 'string' ? mark === wanted : wanted(mark);
}

/** Whether there is a process that /proc does not show us: proc(5), hidepid. A zombie is shown, and has ended. */
function isHidden(pid: number): boolean {
  try {
    readFileSync(`/proc/${pid}/stat`);
    return false;
  } catch {
    return exists(pid);
  }
}

/** kill(2) with signal 0: EPERM comes from a process that is there. */
function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

let boot: string | undefined;

/** The beginning of the number that the kernel drew when it started: random(4), boot_id. */
function bootId(): string {
  boot ??= readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').replaceAll('-', '').slice(0, BOOT_DIGITS);
  return boot;
}
