/**
 * Step 5: user namespace.
 *
 * New here: CLONE_NEWUSER gives the child user ids of its own. uid_map and
 * gid_map say who is who, one line `inside outside count` per range; the parent
 * writes them while the child waits. Root inside is then nobody special
 * outside, and an ordinary user can make a container without being root.
 *
 * See user_namespaces(7).
 */
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { IdRange } from '../proc/id-maps.ts';
import type { Feature } from '../settings/features.ts';
import type { Settings } from '../settings/settings.ts';
import { idMaps } from '../settings/users.ts';
import type { Call } from '../syscalls/call.ts';
import { writeFile } from '../syscalls/files.ts';
import { CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUSER, CLONE_NEWUTS } from '../syscalls/flags.ts';
import { dropGroups, setGroup, setUser } from '../syscalls/identity.ts';
import { sethostname } from '../syscalls/namespaces.ts';
import { openCheckpoint, release, waitFor } from './02-ipc.ts';
import { makePrivate, mountProc } from './04-mount.ts';

export const title = 'user: root inside, nobody special outside';
export const has: readonly Feature[] = ['uts', 'ipc', 'pid', 'mnt', 'user'];

// #region writes
/**
 * Writes the maps of a child's user namespace, once and for all: uid_map and
 * gid_map take one write each. Without root, the kernel wants setgroups(2)
 * denied first, or a process could drop a group that a file's mode denies access.
 */
export async function mapIds(lab: Lab, pid: number | 'self'): Promise<void> {
  await lab.perform(idMapWrites(lab.settings, pid));
}

export function idMapWrites({ users }: Pick<Settings, 'users'>, pid: number | 'self'): Call[] {
  const { uids, gids, denySetgroups } = idMaps(users);
  return [
    ...(denySetgroups ? writeFile(`/proc/${pid}/setgroups`, 'deny') : []),
    ...writeFile(`/proc/${pid}/uid_map`, mapText(uids)),
    ...writeFile(`/proc/${pid}/gid_map`, mapText(gids)),
  ];
}

/** One line a range, `inside outside count`: user_namespaces(7). */
export function mapText(ranges: readonly IdRange[]): string {
  return ranges.map(({ inside, outside, count }) => `${inside} ${outside} ${count}\n`).join('');
}
// #endregion writes

// #region become
/** The child's part: becomes the root that the maps have made. */
export function becomeRoot(lab: Lab): Call[] {
  const { denySetgroups } = idMaps(lab.settings.users);
  return [...(denySetgroups ? [] : [dropGroups()]), setGroup(0), setUser(0)];
}
// #endregion become

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  // #region child
  const container = await lab.clone(
    [
      ...waitFor(checkpoint),
      ...becomeRoot(lab),
      sethostname(lab.settings.hostname),
      ...makePrivate(),
      ...mountProc(),
      ...lab.program,
    ],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUSER,
  );
  // #endregion child
  await mapIds(lab, container.pid);
  await lab.tell(() => whoIsRoot(lab));
  await release(lab, checkpoint);
  return lab.wait(container);
}

export function whoIsRoot({ settings }: Lab): string {
  const { uids } = idMaps(settings.users);
  const root = uids.find(({ inside, count }) => inside === 0 && count > 0);
  return `Root inside is user ${root?.outside ?? 'unmapped'} outside. The map: ${mapText(uids).trim().replaceAll('\n', ', ')}.`;
}
