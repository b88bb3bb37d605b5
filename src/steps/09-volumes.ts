/** Volumes and file systems in memory: what is mounted in an image besides. */
import { statSync } from 'node:fs';
import { closeAtEnd } from '../lab/close-at-end.ts';
import type { Lab } from '../lab/lab.ts';
import { idMaps } from '../settings/users.ts';
import type { Call } from '../syscalls/call.ts';
import { chdir, fchdir, openWithin } from '../syscalls/files.ts';
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, O_DIRECTORY, O_PATH } from '../syscalls/flags.ts';
import { attachMountAt, cloneTree, mount, separateTree } from '../syscalls/mounts.ts';

/** The child's part in the mounts of the settings. */
export interface MountCalls {
  /** While the host's files can still be reached. */
  readonly before: readonly Call[];
  /** When the image is the root. */
  readonly after: readonly Call[];
}

/** Prepares the mounts of the settings. */
export async function openMounts(lab: Lab): Promise<MountCalls> {
  const before: Call[] = [];
  const after: Call[] = [];
  for (const wanted of lab.settings.mounts) {
    if (wanted.type === 'tmpfs') {
      after.push(...mountScratch(wanted.destination));
    } else {
      await tellOfOwner(lab, wanted.source);
      const { copying, tree } = await copyTree(lab, wanted.source, wanted.readonly);
      before.push(...copying);
      after.push(...attachVolume(tree, wanted.destination));
    }
  }
  return { before, after };
}

/** A copied tree of mounts, and what the child has to do for it first. */
export interface CopiedTree {
  readonly copying: readonly Call[];
  readonly tree: number | Call;
}

// #region volume
/**
 * Copies the mounts at a path. Root copies them out here: the way there may lead
 * through places that root inside may not enter. An ordinary user may not, and
 * so the child does, who outside is that user.
 */
export async function copyTree(lab: Lab, path: string, readonly = false): Promise<CopiedTree> {
  const tree = cloneTree(path);
  const copying = [tree, separateTree(tree, readonly)];
  if (lab.rootless) return { copying, tree };
  const [copy = -1] = (await lab.perform(copying)).results;
  closeAtEnd(lab, copy);
  return { copying: [], tree: copy };
}

/** The image may have links to anywhere: none of them leads out of it. */
export function attachVolume(tree: number | Call, destination: string): Call[] {
  const place = openWithin(destination, O_PATH);
  return [place, attachMountAt(tree, place)];
}
// #endregion volume

function mountScratch(destination: string): Call[] {
  const place = openWithin(destination, O_PATH | O_DIRECTORY);
  return [
    place,
    fchdir(place),
    mount('tmpfs', '.', 'tmpfs', MS_NOSUID | MS_NODEV | MS_NOEXEC, 'mode=1777'),
    chdir('/'),
  ];
}

async function tellOfOwner(lab: Lab, source: string): Promise<void> {
  const owner = statSync(source).uid;
  const { uids } = idMaps(lab.settings.users);
  if (uids.some(({ outside, count }) => owner >= outside && owner < outside + count)) return;
  await lab.tell(() => `${source} belongs to user ${owner}, who has no number inside: there it is nobody's.`);
}
