/** Who sleeps at which pipe, and who could wake them: as the kernel shows it. */
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import type { Expectation } from './expectation.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** The numbers of read(2) and of poll(2), as a C library makes it, which differ between machines. Source: asm/unistd.h. */
const READ: Readonly<Record<string, number>> = { x64: 0, arm64: 63 };
const POLL: Readonly<Record<string, number>> = { x64: 7, arm64: 73 };
/** struct pollfd: the descriptor, then what is asked and what is answered. Source: poll(2). */
const POLLFD = 8;
const MOST_POLLED = 16;

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
  for (const thread of names(`/proc/${pid}/task`)) {
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

function writersOf(pipe: string, processes: readonly Process[]): Process[] {
  return processes.filter(({ pid }) =>
    names(`/proc/${pid}/fd`).some((fd) => link(`/proc/${pid}/fd/${fd}`) === pipe && isWritable(pid, fd)),
  );
}

function isWritable(pid: number, fd: string): boolean {
  const flags = /^flags:\s*([0-7]+)$/m.exec(text(`/proc/${pid}/fdinfo/${fd}`))?.[1] ?? '0';
  return (Number.parseInt(flags, 8) & 3) !== 0;
}

/* What has gone meanwhile shows nothing, and a zombie shows it only to root. */

function names(directory: string): string[] {
  return attempt(() => readdirSync(directory)) ?? [];
}

function text(file: string): string {
  return attempt(() => readFileSync(file, 'utf8')) ?? '';
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
