/**
 * Limits on single processes, as far as they go: getrlimit(2). A limit that the
 * grader has itself is not raised.
 */
import { readFileSync } from 'node:fs';
import type { Call } from '../syscalls/call.ts';
import { limit } from '../syscalls/processes.ts';
import { LIMITS } from './cgroups.ts';

type Name = Parameters<typeof limit>[0];

/** What each is called in /proc/PID/limits: proc_pid_limits(5). */
const NAMES: Readonly<Record<Name, string>> = {
  RLIMIT_DATA: 'Max data size',
  RLIMIT_NPROC: 'Max processes',
  RLIMIT_NOFILE: 'Max open files',
  RLIMIT_SIGPENDING: 'Max pending signals',
  RLIMIT_MSGQUEUE: 'Max msgqueue size',
};

/**
 * The processes count where no cgroup can count them, as for an ordinary user.
 * Signals and queues are counted for each user: others of the same keep most.
 */
const ALWAYS: Partial<Record<Name, number>> = {
  RLIMIT_NPROC: LIMITS.pids,
  RLIMIT_NOFILE: 4096,
  RLIMIT_SIGPENDING: 1024,
  RLIMIT_MSGQUEUE: 200_000,
};

/**
 * The calls that limit the caller. `missing` is what no cgroup can limit here:
 * without one for memory, each process gets as much as all should have together.
 */
export function limits(missing: readonly string[], own = readFileSync('/proc/self/limits', 'utf8')): Call[] {
  const memory = missing.some((line) => /^[^:]*\bmemory\b/.test(line)) ? { RLIMIT_DATA: LIMITS.memory } : {};
  const all = Object.entries({ ...ALWAYS, ...memory }) as [Name, number][];
  return all.map(([name, most]) => limit(name, Math.min(most, hardLimit(own, NAMES[name]))));
}

/** The third column: what may be asked for. */
function hardLimit(text: string, name: string): number {
  const [, hard] = new RegExp(`^${name} +\\S+ +(\\S+)`, 'm').exec(text) ?? [];
  return hard === undefined || hard === 'unlimited' ? Number.POSITIVE_INFINITY : Number(hard);
}
