/** Running a program of the host to its end. */
import { spawnSync } from 'node:child_process';
import { findProgram } from './programs.ts';

const LINES_KEPT = 8;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly timeoutMs?: number;
}

/**
 * Gives what a program printed.
 * @throws Error with its last lines when it fails, or takes longer than it may
 */
export function run([name = '', ...words]: readonly string[], options: RunOptions = {}): string {
  const { cwd, env = {}, timeoutMs = 60_000 } = options;
  const { status, signal, error, stdout, stderr } = spawnSync(findProgram(name) ?? name, words, {
    cwd,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: timeoutMs,
    maxBuffer: 64 * 2 ** 20,
  });
  if (status === 0) return stdout;
  const reason = error?.message ?? (signal ? `ended by ${signal}` : `status ${status}`);
  const last = stderr?.trim().split('\n').slice(-LINES_KEPT) ?? [];
  throw new Error([`${name} failed (${reason}):`, ...last].join('\n  '));
}
