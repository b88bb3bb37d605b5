/**
 * Step 4: mount namespace, and a /proc that tells the truth.
 *
 * New here: CLONE_NEWNS gives the child a copy of the mount table. On most
 * machines mounts are shared: what one copy mounts appears in all. So the child
 * first makes its whole tree private, and only then mounts a /proc of its own,
 * which shows its PID namespace; the host's /proc stays as it is.
 *
 * See mount_namespaces(7), mount(2), proc(5).
 */
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import type { Call } from '../syscalls/call.ts';
import {
  CLONE_NEWIPC,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUTS,
  MS_NODEV,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_REC,
} from '../syscalls/flags.ts';
import { mount } from '../syscalls/mounts.ts';
import { sethostname } from '../syscalls/namespaces.ts';
import { openCheckpoint, release, waitFor } from './02-ipc.ts';

export const title = 'mount: a mount table of its own, and /proc';
export const has: readonly Feature[] = ['uts', 'ipc', 'pid', 'mnt'];

// #region mounts
/** Nothing that is mounted from here on appears outside, and nothing from outside in here. */
export function makePrivate(): Call[] {
  return [mount('none', '/', null, MS_REC | MS_PRIVATE)];
}

/** A /proc of the PID namespace that the caller is in. */
export function mountProc(directory = '/proc'): Call[] {
  return [mount('proc', directory, 'proc', MS_NOSUID | MS_NODEV | MS_NOEXEC)];
}
// #endregion mounts

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  // #region child
  const container = await lab.clone(
    [...waitFor(checkpoint), sethostname(lab.settings.hostname), ...makePrivate(), ...mountProc(), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS,
  );
  // #endregion child
  await release(lab, checkpoint);
  return lab.wait(container);
}
