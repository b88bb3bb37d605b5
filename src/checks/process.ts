/** The processes of a submission as the kernel shows them to the host: the files of /proc/PID. */
import { lstatSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
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
  catches(signal: number): boolean {
    try {
      const mask = BigInt(`0x${this.status('SigCgt')}`);
      return ((mask >> BigInt(signal - 1)) & 1n) === 1n;
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

  /**
   * `MAJOR:MINOR` of the file system that it finds at a path, as mountinfo has it.
   * Take a path whose directories only the sandbox's maker can have made.
   */
  device(path: string): string {
    const { dev } = this.#look(() => lstatSync(`/proc/${this.pid}/root${path}`, { bigint: true }));
    // As the kernel encodes it for stat(2). Source: makedev(3).
    const major = ((dev >> 8n) & 0xfffn) | ((dev >> 32n) & ~0xfffn);
    const minor = (dev & 0xffn) | ((dev >> 12n) & ~0xffn);
    return `${major}:${minor}`;
  }

  /** Where a link leads that it finds at a path; `''` if there is none. See `device`. */
  linkAt(path: string): string {
    try {
      return readlinkSync(`/proc/${this.pid}/root${path}`);
    } catch {
      return '';
    }
  }

  /** The directories that it has open, by their paths. */
  get openDirectories(): string[] {
    return this.#look(() => {
      const open = readdirSync(`/proc/${this.pid}/fd`).map((fd) => `/proc/${this.pid}/fd/${fd}`);
      return open.filter((fd) => statSync(fd, { throwIfNoEntry: false })?.isDirectory()).map((fd) => readlinkSync(fd));
    });
  }

  /** Whether it runs the same program as a file of ours has, or a copy of it. */
  runsCopyOf(path: string): boolean {
    return this.#look(() => {
      const exe = `/proc/${this.pid}/exe`;
      return statSync(exe).size === statSync(path).size && readFileSync(exe).equals(readFileSync(path));
    });
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
