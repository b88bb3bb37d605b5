/**
 * Running a program of the host's in some namespaces of a container. It keeps
 * the host's files, so that nothing of the submission's can take its place.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { lacking, parseStatus } from '../proc/status.ts';
import type { NamespaceName, Process } from './process.ts';

const OPTIONS: Readonly<Record<NamespaceName, string>> = {
  cgroup: '--cgroup',
  ipc: '--ipc',
  mnt: '--mount',
  net: '--net',
  pid: '--pid',
  user: '--user',
  uts: '--uts',
};
const TIMEOUT_MS = 5000;

export interface Answer {
  readonly status: number | null;
  readonly output: string;
}

/** What to type in order to see the same: `nsenter -t 4711 --uts hostname`. */
export function enterCommand({ pid }: Process, namespaces: readonly NamespaceName[], argv: readonly string[]): string {
  return ['nsenter', '-t', pid, ...namespaces.map((name) => OPTIONS[name]), ...argv].join(' ');
}

/** Without CAP_SYS_ADMIN one has rights over namespaces only in the user namespace that owns them. */
export function entersUserFirst(): boolean {
  const { effective } = parseStatus(readFileSync('/proc/self/status', 'utf8'));
  return lacking(effective).includes('CAP_SYS_ADMIN');
}

/** Never with the mount namespace: programs would come from the container. */
export function enter(
  process_: Process,
  namespaces: readonly Exclude<NamespaceName, 'mnt'>[],
  argv: readonly string[],
): Promise<Answer> {
  const user = entersUserFirst() ? ['--user', '--preserve-credentials'] : [];
  const options = [...user, ...namespaces.map((name) => OPTIONS[name])];
  const child = spawn('nsenter', ['-t', String(process_.pid), ...options, '--', ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output: output.trim() }));
  });
}
