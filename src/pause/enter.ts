/** Looking at a process from within its namespaces, with nsenter(1). */
import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 2000;

/** How nsenter gets in: without root, the way leads through the user namespace. */
function nsenter(pid: number): string[] {
  const userFirst = process.geteuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
  return ['nsenter', '-t', String(pid), ...userFirst];
}

/** A command in the namespace of a process that `flag` names; this process is in its own already. */
export function within(pid: number, flag: string, command: readonly string[]): string[] {
  return pid === process.pid ? [...command] : [...nsenter(pid), flag, ...command];
}

/** What a command prints; nothing where this user may not look, or where there is no such command. */
export function outputOf([program = '', ...words]: readonly string[]): string {
  const { status, stdout } = spawnSync(program, words, { encoding: 'utf8', timeout: TIMEOUT_MS });
  return status === 0 ? stdout : '';
}
