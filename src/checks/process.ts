/** The processes of a submission as the kernel shows them to the host: the files of /proc/PID. */
import { lstatSync, openSync, readlinkSync, statSync } from 'node:fs';
import { readBeginning, readBounded, TooLong } from '../proc/bounded.ts';
import { deviceNumbers } from '../proc/device-numbers.ts';
import type { IdRange } from '../proc/id-maps.ts';
import { parseIdMap } from '../proc/id-maps.ts';
import { type Membership, parseMemberships } from '../proc/memberships.ts';
import { type Mount, parseMountinfo } from '../proc/mountinfo.ts';
import type { NamespaceKind } from '../proc/namespaces.ts';
import { childrenOf, parentOf } from '../proc/stat.ts';
import type { Script } from '../submission/assignment.ts';

/** It cannot be looked at, by its own doing: it has ended, or hides, or shows more than anybody could read. */
export class ProcessUnseen extends Error {
  override readonly name: string = 'ProcessUnseen';
}

/** It ended while it was looked at. */
export class ProcessGone extends ProcessUnseen {
  override readonly name = 'ProcessGone';
}

/** The most that is read of a file of /proc/PID. */
const MOST_BYTES = 1024 * 1024;
const MOST_STATUS_BYTES = 16 * 1024;
const MOST_WORDS_BYTES = 16 * 1024;
/** The path of a shell, as the first of its words. */
const MOST_PATH_BYTES = 4096;
/** What the kernel answers where a process has made itself hard to see: a path that is too long, a file of others. */
const HIDING = ['EACCES', 'EPERM', 'EINVAL', 'ENAMETOOLONG', 'ELOOP', 'ENOTDIR', 'ENOMEM', 'EOVERFLOW', 'EIO'];

export class Process {
  readonly pid: number;

  constructor(pid: number) {
    this.pid = pid;
  }

  /** A file of /proc/PID as text. @throws ProcessUnseen */
  read(file: string): string {
    return this.#look(() => readBounded(`/proc/${this.pid}/${file}`, MOST_BYTES));
  }

  /** At most so many bytes from the beginning of a file of /proc/PID. @throws ProcessUnseen */
  beginning(file: string, most: number): Buffer {
    return this.#look(() => readBeginning(`/proc/${this.pid}/${file}`, most));
  }

  /** Opens a file of /proc/PID to read. The caller closes it. @throws ProcessUnseen */
  open(file: string): number {
    return this.#look(() => openSync(`/proc/${this.pid}/${file}`, 'r'));
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
    const text = this.beginning('status', MOST_STATUS_BYTES).toString('utf8');
    return new RegExp(`^${field}:[ \\t]*(.*)$`, 'm').exec(text)?.[1] ?? '';
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

  /** The words of its program, as far as anybody would write them: it can change them as it likes. */
  get argv(): readonly string[] {
    return this.beginning('cmdline', MOST_WORDS_BYTES).toString('utf8').split('\0').slice(0, -1);
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
    const { major, minor } = deviceNumbers(dev);
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

  /** Whether it runs the same program as a file of ours has, or a copy of it. */
  runsCopyOf(path: string): boolean {
    return this.#look(() => {
      const [exe, { size }] = [`/proc/${this.pid}/exe`, statSync(path)];
      return statSync(exe).size === size && readBeginning(exe, size).equals(readBeginning(path, size));
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
      if (error instanceof TooLong) throw new ProcessUnseen(error.message);
      if (HIDING.includes(code ?? '')) throw new ProcessUnseen(`process ${this.pid} cannot be looked at: ${code}`);
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
  const words = Buffer.from(`\0-c\0${text}\0${marker}\0`);
  try {
    const bytes = candidate.beginning('cmdline', MOST_PATH_BYTES + words.length);
    const path = bytes.indexOf(0);
    return path >= 0 && bytes.subarray(path).equals(words);
  } catch {
    return false; // It ended meanwhile.
  }
}
