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
import type { Image } from './08-image.ts';
import { pivot, protect } from './09-pivot.ts';
import { type MountCalls, openMounts } from './09-volumes.ts';
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

/** A root of layers, ready for a child that begins in `layers.stage`. */
export interface PreparedRoot {
  readonly layers: Layers;
  readonly mounts: MountCalls;
}

/** The parent's part in a root of layers. */
export async function prepareRoot(lab: Lab, image: Image): Promise<PreparedRoot> {
  return { layers: await openLayers(lab, image), mounts: await openMounts(lab) };
}

// #region child
/**
 * The child's part: the layers become its root, with all that is mounted there. `besides` is made
 * before the old root goes.
 */
export function enterRoot(lab: Lab, { layers, mounts }: PreparedRoot, besides: readonly Call[] = []): Call[] {
  return [
    ...mounts.before,
    ...mountOverlay(layers, lab.settings.root),
    ...mountKernelFiles(),
    ...besides,
    ...pivot(),
    ...mounts.after,
  ];
}
// #endregion child

export async function run(lab: Lab): Promise<End> {
  const prepared = await prepare(lab);
  const root = await prepareRoot(lab, prepared.image);
  const container = await lab.clone([...inside(lab, prepared), ...enterRoot(lab, root), ...lab.program], NAMESPACES, {
    directory: root.layers.stage,
  });
  await arrange(lab, container.pid, prepared);
  const end = await lab.wait(container);
  await reportGroup(lab, prepared.group);
  return end;
}
