/** Programs of the host, which the kit does not bring along. */
import { spawnSync } from 'node:child_process';
import { programPath } from '../proc/programs.ts';

/** A program, and the Debian package that has it. */
export interface Program {
  readonly name: string;
  readonly package: string;
}

const LINES_KEPT = 8;

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: Record<string, string>;
  readonly timeoutMs?: number;
}

/**
 * Makes sure that programs are installed. mke2fs and the like are in sbin, which
 * an ordinary user's PATH may lack, so it is looked at too.
 * @throws Error in one line, with the command that installs what is missing
 */
export function requirePrograms(purpose: string, programs: readonly Program[]): void {
  const missing = programs.filter(({ name }) => programPath(name) === undefined);
  if (missing.length === 0) return;
  const names = missing.map(({ name }) => name).join(', ');
  const packages = [...new Set(missing.map((program) => program.package))].join(' ');
  throw new Error(`${purpose} needs ${names}: sudo apt-get install ${packages}`);
}

/**
 * Runs a program of the host to its end; returns what it printed.
 * @throws Error with its last lines when it fails, or takes longer than it may
 */
export function run([name = '', ...words]: readonly string[], options: RunOptions = {}): string {
  const { cwd, env = {}, timeoutMs = 60_000 } = options;
  const { status, signal, error, stdout, stderr } = spawnSync(programPath(name) ?? name, words, {
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
