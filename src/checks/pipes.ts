/** Who sleeps at which pipe, and who could wake them: as the kernel shows it. */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Expectation } from './expectation.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** The number of read(2), which differs between machines. Source: asm/unistd.h. */
const READ: Readonly<Record<string, number>> = { x64: 0, arm64: 63 };

export interface Sleep {
  readonly fd: number;
  /** `pipe:[4711]`: equal for both ends, in any process. Source: proc_pid_fd(5). */
  readonly pipe: string;
}

/** Where a thread of a process sleeps in read(2) at a pipe. Source: proc_pid_syscall(5). */
export function sleepsAt({ pid }: Process): Sleep | undefined {
  for (const thread of names(`/proc/${pid}/task`)) {
    const [call, fd = ''] = text(`/proc/${pid}/task/${thread}/syscall`).split(' ');
    if (call !== String(READ[process.arch])) continue;
    const pipe = link(`/proc/${pid}/fd/${Number(fd)}`);
    if (pipe.startsWith('pipe:')) return { fd: Number(fd), pipe };
  }
  return undefined;
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
    if (code === 'ENOENT' || code === 'ESRCH' || code === 'EACCES') return undefined;
    throw error;
  }
}
