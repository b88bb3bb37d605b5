/** Who sleeps at which pipe, and who could wake them, and who has a directory open: as the kernel shows it. */
import { closeSync, opendirSync, openSync, readlinkSync, readSync, statSync } from 'node:fs';
import { readBeginning } from '../proc/bounded.ts';
import type { Expectation } from './expectation.ts';
import { type Process, ProcessUnseen } from './process.ts';
import type { Trial } from './trial.ts';

/** The numbers of read(2) and of poll(2), as a C library makes it, which differ between machines. Source: asm/unistd.h. */
const READ: Readonly<Record<string, number>> = { x64: 0, arm64: 63 };
const POLL: Readonly<Record<string, number>> = { x64: 7, arm64: 73 };
/** struct pollfd: the descriptor, then what is asked and what is answered. Source: poll(2). */
const POLLFD = 8;
const MOST_POLLED = 16;
/** All that all processes of a submission have, in one look. */
const MOST_DESCRIPTORS = 4096;
const MOST_THREADS = 512;
const MOST_TEXT = 4096;

export interface Sleep {
  readonly fd: number;
  /** `pipe:[4711]`: equal for both ends, in any process. Source: proc_pid_fd(5). */
  readonly pipe: string;
}

/**
 * Where a thread of a process sleeps at a pipe: in read(2), or in poll(2) for
 * one that it will read, the last that it asks about. Source: proc_pid_syscall(5).
 */
export function sleepsAt({ pid }: Process): Sleep | undefined {
  for (const thread of names(`/proc/${pid}/task`, MOST_THREADS)) {
    const [call, ...args] = text(`/proc/${pid}/task/${thread}/syscall`).split(' ');
    const fd =
      call === String(READ[process.arch])
        ? Number(args[0])
        : call === String(POLL[process.arch])
          ? polledLast(pid, Number(args[0]), Number(args[1]))
          : undefined;
    const pipe = fd === undefined ? '' : link(`/proc/${pid}/fd/${fd}`);
    if (fd !== undefined && pipe.startsWith('pipe:')) return { fd, pipe };
  }
  return undefined;
}

/** The last descriptor of those that a poll asks about: they stand in the memory of its process. */
function polledLast(pid: number, address: number, count: number): number | undefined {
  if (!(count > 0 && count <= MOST_POLLED)) return undefined;
  return attempt(() => {
    const memory = openSync(`/proc/${pid}/mem`, 'r');
    try {
      const bytes = Buffer.alloc(POLLFD);
      readSync(memory, bytes, 0, POLLFD, address + (count - 1) * POLLFD);
      return bytes.readInt32LE(0);
    } finally {
      closeSync(memory);
    }
  });
}

/**
 * Who could end a sleep at a pipe, by writing or by ending: the processes of a
 * trial that hold a write end of it, with their names in `who`.
 */
export function wakers(
  trial: Trial,
  pipe: string,
  who: Readonly<Record<string, Process>>,
): Omit<Expectation, 'expected'> {
  const names = writersOf(pipe, trial.processes()).map(
    ({ pid }) => Object.keys(who).find((name) => who[name]?.pid === pid) ?? 'another process',
  );
  const command = Object.values(who).map(({ pid }) => `ls -l /proc/${pid}/fd`);
  return { observed: names.join(' and ') || 'nobody', command: `${command.join('; ')}   # ${pipe}, l-wx` };
}

/** The directories that a process has open, by their paths. @throws ProcessUnseen if it has more open than anybody would */
export function openDirectories(process: Process): string[] {
  return descriptorsOf(process)
    .filter((fd) => attempt(() => statSync(fd).isDirectory()))
    .map(link);
}

/** The mount namespaces that a process has open: `mnt:[4026532198]`. @throws ProcessUnseen as openDirectories does */
export function openMountNamespaces(process: Process): string[] {
  return descriptorsOf(process)
    .map(link)
    .filter((target) => target.startsWith('mnt:'));
}

/** The paths of what a process has open. @throws ProcessUnseen */
function descriptorsOf({ pid }: Process): string[] {
  const fds = names(`/proc/${pid}/fd`, MOST_DESCRIPTORS + 1).map((fd) => `/proc/${pid}/fd/${fd}`);
  if (fds.length > MOST_DESCRIPTORS) throw new ProcessUnseen(`process ${pid} has too many descriptors to look at`);
  return fds;
}

/** @throws ProcessUnseen if there are more descriptors than anybody needs */
function writersOf(pipe: string, processes: readonly Process[]): Process[] {
  let left = MOST_DESCRIPTORS;
  return processes.filter(({ pid }) => {
    const fds = names(`/proc/${pid}/fd`, left + 1);
    left -= fds.length;
    if (left < 0) throw new ProcessUnseen(`process ${pid} has too many descriptors to look at`);
    return fds.some((fd) => link(`/proc/${pid}/fd/${fd}`) === pipe && isWritable(pid, fd));
  });
}

function isWritable(pid: number, fd: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(text(`/proc/${pid}/fdinfo/${fd}`))?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 3) !== 0;
}

/* What has gone meanwhile shows nothing, and a zombie shows it only to root. */

/** The first so many names in a directory. */
function names(directory: string, most: number): string[] {
  const found: string[] = [];
  attempt(() => {
    const entries = opendirSync(directory);
    try {
      for (let entry = entries.readSync(); entry && found.length < most; entry = entries.readSync()) {
        found.push(entry.name);
      }
    } finally {
      entries.closeSync();
    }
  });
  return found;
}

function text(file: string): string {
  return attempt(() => readBeginning(file, MOST_TEXT).toString('utf8')) ?? '';
}

function link(path: string): string {
  return attempt(() => readlinkSync(path)) ?? '';
}

function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (['ENOENT', 'ESRCH', 'EACCES', 'EIO', 'EFAULT'].includes(code ?? '')) return undefined;
    throw error;
  }
}
