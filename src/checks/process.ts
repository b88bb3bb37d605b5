/** The processes of a submission as the kernel shows them to the host: the files of /proc/PID. */
import { lstatSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import type { IdRange } from '../proc/id-maps.ts';
import { parseIdMap } from '../proc/id-maps.ts';
import { type Membership, parseMemberships } from '../proc/memberships.ts';
import { type Mount, parseMountinfo } from '../proc/mountinfo.ts';
import type { NamespaceKind } from '../proc/namespaces.ts';
import { childrenOf, parentOf } from '../proc/stat.ts';
import type { Script } from '../submission/assignment.ts';

/** It ended while it was looked at. */
export class ProcessGone extends Error {
  override readonly name = 'ProcessGone';
}

export class Process {
  readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
  }

  /** A file of /proc/PID as text. @throws ProcessGone */
  read(file: string): string {
    return this.#look(() => readFileSync(`/proc/${this.pid}/${file}`, 'utf8'));
  }

  /** Whether it is there and not a zombie. */
  get lives(): boolean {
    try {
      return !'ZX'.includes(this.state);
    } catch {
      return false;
    }
  }

  /** Whether it has a handler for a signal; not if it is gone. */
  catches(signal: NodeJS.Signals): boolean {
    try {
      const mask = BigInt(`0x${this.status('SigCgt')}`);
      return ((mask >> BigInt(constants.signals[signal] - 1)) & 1n) === 1n;
    } catch {
      return false;
    }
  }

  /** `uts:[4026531838]`: equal for two processes if they share the namespace. Source: namespaces(7). */
  namespace(name: NamespaceKind | 'pid_for_children'): string {
    return this.#look(() => readlinkSync(`/proc/${this.pid}/ns/${name}`));
  }

  /** A field of /proc/PID/status, such as `NSpid`; source: proc_pid_status(5). */
  status(field: string): string {
    return new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(this.read('status'))?.[1] ?? '';
  }

  /** One letter: `R`, `S`, `Z`, … */
  get state(): string {
    return this.status('State').slice(0, 1);
  }

  /** Its number in each PID namespace, from the host's inwards. */
  get numbers(): readonly number[] {
    return this.status('NSpid').split(/\s+/).map(Number);
  }

  /** Its number in the innermost PID namespace. */
  get ownNumber(): number {
    return this.numbers.at(-1) ?? 0;
  }

  get parent(): number {
    return Number(this.status('PPid'));
  }

  get argv(): readonly string[] {
    return this.read('cmdline').split('\0').slice(0, -1);
  }

  idMap(which: 'uid' | 'gid'): IdRange[] {
    return parseIdMap(this.read(`${which}_map`));
  }

  get mounts(): readonly Mount[] {
    return parseMountinfo(this.read('mountinfo'));
  }

  get cgroups(): readonly Membership[] {
    return parseMemberships(this.read('cgroup'));
  }

  /** `DEVICE:INODE` of its root or working directory, which no name can disguise. */
  directory(which: 'root' | 'cwd'): string {
    // The trailing dot: what the link leads to, and not the link.
    const { dev, ino } = this.#look(() => statSync(`/proc/${this.pid}/${which}/.`, { bigint: true }));
    return `${dev}:${ino}`;
  }

  /** Whether its working directory holds a name. Take one that was drawn: the submission could have put a link there. */
  holds(name: string): boolean {
    this.directory('cwd');
    return lstatSync(`/proc/${this.pid}/cwd/${name}`, { throwIfNoEntry: false }) !== undefined;
  }

  #look<T>(act: () => T): T {
    try {
      return act();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // A process that is gone has no files. A zombie has no namespaces, or shows them only to root.
      const gone = code === 'ENOENT' || code === 'ESRCH' || (code === 'EACCES' && !this.lives);
      if (gone) throw new ProcessGone(`process ${this.pid} has ended`);
      throw error;
    }
  }
}

/** The processes that descend from one, which is the first of them, then its children, and so on. */
export function descendants(first: number): Process[] {
  const found: number[] = [first];
  for (const pid of found) found.push(...childrenOf(pid));
  return found.map((pid) => new Process(pid));
}

/** Whether a process is `first` or descends from it, by the parents that each names. */
export function descendsFrom(first: number, pid: number): boolean {
  let forebear: number | undefined = pid;
  while (forebear && forebear !== first) forebear = parentOf(forebear);
  return forebear === first;
}

/** Whether it is the shell that runs a script, and not a shell that it forked or an init with it among its arguments. */
export function runsScript(candidate: Process, { text, marker }: Script): boolean {
  try {
    const [, ...argv] = candidate.argv;
    return argv.length === 3 && argv[0] === '-c' && argv[1] === text && argv[2] === marker;
  } catch {
    return false; // It ended meanwhile.
  }
}
