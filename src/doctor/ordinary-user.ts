/**
 * How an ordinary user would fare, found out by root: a process of Node loads
 * everything, becomes an ordinary user for good, and tries the steps. That
 * order works also where the kit's folder is not for others to read.
 */
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
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
  const program = `require(${JSON.stringify(fileURLToPath(import.meta.url))}).reportAs(${uid}, ${gid})`;
  const tsx = createRequire(import.meta.url).resolve('tsx/cjs');
  const { status, stdout } = spawnSync(process.execPath, ['--require', tsx, '--eval', program], {
    encoding: 'utf8',
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  return status === 0 ? (JSON.parse(stdout) as Trials) : undefined;
}

/** What the process started above does. */
export async function reportAs(uid: number, gid: number): Promise<void> {
  await nextTurn(); // tsx still loads a part of itself
  process.chdir('/'); // this folder may be closed to others
  if (read('/proc/self/setgroups')?.trim() !== 'deny') process.setgroups?.([]);
  process.setgid?.(gid);
  process.setuid?.(uid);
  // A process that changed its user may no longer write to its own /proc, until it says that it may.
  perform([setDumpable(true)]);
  process.stdout.write(JSON.stringify(await tryAll('rootless')));
}
