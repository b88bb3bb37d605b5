/** The host name in another process's UTS namespace. */
import { spawnSync } from 'node:child_process';

const TIMEOUT_MS = 2000;

/**
 * The host name as nsenter(1) finds it there; nothing where this user may not
 * look. Without root, the way in leads through the user namespace.
 */
export function hostNameIn(pid: number): string[] {
  const userFirst = process.geteuid?.() === 0 ? [] : ['--user', '--preserve-credentials'];
  const { status, stdout } = spawnSync('nsenter', [...userFirst, '--uts', '--target', String(pid), 'uname', '-n'], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
  });
  return status === 0 ? [stdout.trim()] : [];
}
