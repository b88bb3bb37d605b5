/**
 * Step 9: pivot_root.
 *
 * New here: the old root is gone. The image becomes a mount of its own, and
 * then the top of the container's mount table; what was the top before, and
 * with it every file of the host, is unmounted. So there is nothing left that a
 * way out could lead to. What the container is to have besides is mounted then.
 *
 * See pivot_root(2), open_tree(2), move_mount(2), mount_setattr(2), openat2(2).
 */
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import type { Root } from '../settings/root.ts';
import type { Call } from '../syscalls/call.ts';
import { ensureDirectory, fchdir } from '../syscalls/files.ts';
import { MNT } from '../syscalls/flags.ts';
import { attachMountHere, cloneTree, makeReadOnly, pivotRoot, umount } from '../syscalls/mounts.ts';
import { reportGroup } from './07-cgroups.ts';
import { arrange, inside, mountKernelFiles, NAMESPACES, prepare } from './08-chroot.ts';
import type { Image } from './08-image.ts';
import { openMounts } from './09-volumes.ts';

export const title = 'pivot: the old root is gone';
export const has: readonly Feature[] = ['uts', 'ipc', 'pid', 'mnt', 'user', 'net', 'limits', 'image', 'mounts'];

// #region mount
/**
 * Makes the working directory, which is the image's, a mount, and goes into it:
 * nothing but a mount can be the top of a mount table.
 */
export function mountImage({ mapped }: Image, root: Root): Call[] {
  const tree = mapped ?? cloneTree('.');
  return [...(typeof tree === 'number' ? [] : [tree]), attachMountHere(tree), fchdir(tree), ...protect(root)];
}

/** Makes the mount at the working directory read-only, if that is wanted; what is mounted in it needs its places. */
export function protect({ readonly = false }: Root): Call[] {
  return readonly ? [ensureDirectory('proc'), ensureDirectory('dev'), makeReadOnly('.')] : [];
}
// #endregion mount

// #region pivot
/**
 * Makes the working directory the top of the mount table. The old top then lies
 * over the new one, in the same place, until it is unmounted.
 */
export function pivot(): Call[] {
  return [pivotRoot('.', '.'), umount('.', MNT.MNT_DETACH)];
}
// #endregion pivot

export async function run(lab: Lab): Promise<End> {
  const prepared = await prepare(lab);
  const mounts = await openMounts(lab);
  // #region child
  const container = await lab.clone(
    [
      ...inside(lab, prepared),
      ...mounts.before,
      ...mountImage(prepared.image, lab.settings.root),
      ...mountKernelFiles(),
      ...pivot(),
      ...mounts.after,
      ...lab.program,
    ],
    NAMESPACES,
    { directory: prepared.image.directory },
  );
  // #endregion child
  await arrange(lab, container.pid, prepared);
  const end = await lab.wait(container);
  await reportGroup(lab, prepared.group);
  return end;
}
