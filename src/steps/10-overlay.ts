/**
 * Step 10: overlay.
 *
 * New here: one image for many containers. The kernel lays an empty directory
 * over the image and shows both as one. What is read comes from the image, what
 * is written goes to the directory on top, and the image stays as it was.
 *
 * See Documentation/filesystems/overlayfs.rst in the kernel's documentation, mount(2).
 */
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import type { Root } from '../settings/root.ts';
import type { Call } from '../syscalls/call.ts';
import { chdir } from '../syscalls/files.ts';
import { mount } from '../syscalls/mounts.ts';
import { reportGroup } from './07-cgroups.ts';
import { arrange, inside, mountKernelFiles, NAMESPACES, prepare } from './08-chroot.ts';
import { pivot, protect } from './09-pivot.ts';
import { openMounts } from './09-volumes.ts';
import { type Layers, openLayers } from './10-layers.ts';

export const title = 'overlay: one image, many containers';
export const has: readonly Feature[] = [
  'uts',
  'ipc',
  'pid',
  'mnt',
  'user',
  'net',
  'limits',
  'image',
  'mounts',
  'layers',
];

// #region overlay
/**
 * Lays the layers over one another, and goes into what comes of it. In a user
 * namespace the kernel may not write `trusted.` attributes: `userxattr` makes
 * them `user.` ones, for real root's runs as for everybody's.
 */
export function mountOverlay({ placing, lower }: Layers, root: Root): Call[] {
  const options = [`lowerdir=${lower.join(':')}`, 'upperdir=layer/upper', 'workdir=layer/work', 'userxattr'];
  return [...placing, mount('overlay', 'merged', 'overlay', 0, options.join(',')), chdir('merged'), ...protect(root)];
}
// #endregion overlay

export async function run(lab: Lab): Promise<End> {
  const prepared = await prepare(lab);
  const layers = await openLayers(lab, prepared.image);
  const mounts = await openMounts(lab);
  // #region child
  const container = await lab.clone(
    [
      ...inside(lab, prepared),
      ...mounts.before,
      ...mountOverlay(layers, lab.settings.root),
      ...mountKernelFiles(),
      ...pivot(),
      ...mounts.after,
      ...lab.program,
    ],
    NAMESPACES,
    { directory: layers.stage },
  );
  // #endregion child
  await arrange(lab, container.pid, prepared);
  const end = await lab.wait(container);
  await reportGroup(lab, prepared.group);
  return end;
}
