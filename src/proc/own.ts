/**
 * Whether /proc shows the PID namespace that this process is in. Where it shows
 * another, our numbers mean other processes there: nothing may be read, written
 * or killed by them. Source: pid_namespaces(7), "/proc and PID namespaces".
 */
import { existsSync, readlinkSync } from 'node:fs';

/** Why /proc is not ours, and what to do; undefined if it is. */
export function procProblem(): { readonly cause: string; readonly remedy: string } | undefined {
  if (isOwnProc()) return undefined;
  if (!existsSync('/proc/uptime')) {
    return { cause: 'There is no /proc here.', remedy: 'sudo mount -t proc proc /proc' };
  }
  return {
    cause: 'The /proc here belongs to another PID namespace, as in a shell of step 3: our process numbers mean others.',
    remedy: 'leave this shell (exit); from step 4 on, a container has a /proc of its own',
  };
}

/** @throws Error that says what to do where /proc is not ours */
export function requireOwnProc(): void {
  const problem = procProblem();
  if (problem) throw new Error(`${problem.cause}\nWhat to do: ${problem.remedy}`);
}

/** /proc/self has the number that its reader has in the namespace of that /proc. */
export function isOwnProc(): boolean {
  try {
    return readlinkSync('/proc/self') === String(process.pid);
  } catch {
    return false;
  }
}
