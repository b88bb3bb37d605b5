/**
 * How an ordinary user would fare, found out by root: a process of Node loads
 * everything, becomes an ordinary user for good, and tries the steps. That
 * order works also where the kit's folder is not for others to read.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { loadLibrary } from '../executor/native.ts';
import { perform } from '../executor/perform.ts';
import { ordinaryId } from '../proc/id-maps.ts';
import { setDumpable } from '../syscalls/processes.ts';
import { read } from './facts.ts';
import { type Trials, tryAll } from './trials.ts';

const TIMEOUT_MS = 60_000;

/** The trials of an ordinary user, or undefined if root may not become one here. */
export function tryAsOrdinaryUser(): Trials | undefined {
  const uid = ordinaryId(read('/proc/self/uid_map') ?? '');
  const gid = ordinaryId(read('/proc/self/gid_map') ?? '');
  if (uid === undefined || gid === undefined) return undefined;
  const part = fileURLToPath(new URL('../../bin/part.cjs', import.meta.url));
  const words = [part, 'src/doctor/ordinary-user.ts', 'reportAs', String(uid), String(gid)];
  const { status, stdout } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? (JSON.parse(stdout) as Trials) : undefined;
}

/** What the process started above does. */
export async function reportAs(uid: string, gid: string): Promise<void> {
  loadLibrary();
  process.chdir('/'); // this folder may be closed to others
  if (read('/proc/self/setgroups')?.trim() !== 'deny') process.setgroups?.([]);
  process.setgid?.(Number(gid));
  process.setuid?.(Number(uid));
  // A process that changed its user may no longer write to its own /proc, until it says that it may.
  perform([setDumpable(true)]);
  process.stdout.write(JSON.stringify(await tryAll('rootless')));
}
