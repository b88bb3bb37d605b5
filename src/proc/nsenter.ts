/** Entering the namespaces of a process with nsenter(1). */
import { readFileSync } from 'node:fs';
import { lacking, parseStatus } from './status.ts';

/** As /proc/PID/ns calls them. */
export type NamespaceName = 'cgroup' | 'ipc' | 'mnt' | 'net' | 'pid' | 'user' | 'uts';

const OPTIONS: Readonly<Record<NamespaceName, string>> = {
  cgroup: '--cgroup',
  ipc: '--ipc',
  mnt: '--mount',
  net: '--net',
  pid: '--pid',
  user: '--user',
  uts: '--uts',
};

/** The words that run a command in namespaces of a process: `nsenter -t 4711 --uts hostname`. */
export function nsenter(pid: number, namespaces: readonly NamespaceName[], command: readonly string[]): string[] {
  const user = entersUserFirst() ? ['--user', '--preserve-credentials'] : [];
  return ['nsenter', '-t', String(pid), ...user, ...namespaces.map((name) => OPTIONS[name]), ...command];
}

/**
 * Whether the way into a namespace leads through the user namespace that owns
 * it: without CAP_SYS_ADMIN a process has rights only there. Source: setns(2).
 */
export function entersUserFirst(): boolean {
  const { effective } = parseStatus(readFileSync('/proc/self/status', 'utf8'));
  return lacking(effective).includes('CAP_SYS_ADMIN');
}
