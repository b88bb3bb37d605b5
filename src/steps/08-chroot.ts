/**
 * Step 8: chroot.
 *
 * New here: a root file system of its own. The child begins in the image's
 * directory, mounts /proc and a minimal /dev there, and makes it its root. The
 * program then runs from the image, on the host's kernel.
 *
 * See chroot(2), mount_setattr(2), pts(4).
 */
import { existsSync } from 'node:fs';
import type { ControlGroup } from '../cgroups/control-group.ts';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import type { Call } from '../syscalls/call.ts';
import { chdir, chroot, close, ensureDirectory, fchdir, mkdir, openat, symlink } from '../syscalls/files.ts';
import {
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
  MS_BIND,
  MS_NOEXEC,
  MS_NOSUID,
  O_CREAT,
  O_WRONLY,
} from '../syscalls/flags.ts';
import { attachMountHere, mount } from '../syscalls/mounts.ts';
import { sethostname } from '../syscalls/namespaces.ts';
import { type Checkpoint, openCheckpoint, release, waitFor } from './02-ipc.ts';
import { makePrivate, mountProc } from './04-mount.ts';
import { becomeRoot, mapIds } from './05-user.ts';
import { type Cable, chooseCable, layCable, setUpNetwork } from './06-net.ts';
import { joinGroup, makeGroup, reportGroup } from './07-cgroups.ts';
import { type Image, openImage } from './08-image.ts';

export const title = 'chroot: a root file system of its own';
export const has: readonly Feature[] = ['uts', 'ipc', 'pid', 'mnt', 'user', 'net', 'limits', 'image'];

// #region enter
/**
 * Makes the working directory, which is the image's, the root. `mapped`, if
 * there is one, is a mount of the image that shows its files as root's.
 */
export function enterImage({ mapped }: Image): Call[] {
  return [
    ...(mapped === undefined ? [] : [attachMountHere(mapped), fchdir(mapped)]),
    ...mountKernelFiles(),
    chroot('.'),
    chdir('/'),
  ];
}

/** What an image cannot bring, in the working directory. */
export function mountKernelFiles(): Call[] {
  return [ensureDirectory('proc'), ...mountProc('proc'), ...mountDev('dev')];
}
// #endregion enter

// #region dev
const DEVICES = ['null', 'zero', 'full', 'random', 'urandom', 'tty'];

/**
 * A minimal /dev. In a user namespace nobody may make device nodes, so the host's
 * are bound to empty files, those that it has.
 */
export function mountDev(directory: string, hosts = '/dev'): Call[] {
  return [
    ensureDirectory(directory),
    mount('tmpfs', directory, 'tmpfs', MS_NOSUID | MS_NOEXEC, 'mode=755,size=64k'),
    ...DEVICES.filter(isHere).flatMap((name) => bindDevice(`${hosts}/${name}`, `${directory}/${name}`)),
    mkdir(`${directory}/pts`),
    mount('devpts', `${directory}/pts`, 'devpts', MS_NOSUID | MS_NOEXEC, 'newinstance,ptmxmode=0666,mode=0620'),
    symlink('pts/ptmx', `${directory}/ptmx`),
    symlink('/proc/self/fd', `${directory}/fd`),
    symlink('/proc/self/fd/0', `${directory}/stdin`),
    symlink('/proc/self/fd/1', `${directory}/stdout`),
    symlink('/proc/self/fd/2', `${directory}/stderr`),
  ];
}

function isHere(name: string): boolean {
  return existsSync(`/dev/${name}`);
}

export function bindDevice(device: string, target: string): Call[] {
  const file = openat(target, O_WRONLY | O_CREAT, 0o666);
  return [file, close(file), mount(device, target, null, MS_BIND)];
}
// #endregion dev

/** What a container needs before there is one. */
export interface Prepared {
  readonly checkpoint: Checkpoint;
  readonly image: Image;
  readonly cable: Cable | undefined;
  readonly group: ControlGroup;
}

/** The parent's part before the clone. */
export async function prepare(lab: Lab): Promise<Prepared> {
  return {
    checkpoint: await openCheckpoint(lab),
    image: await openImage(lab),
    cable: await chooseCable(lab),
    group: await makeGroup(lab),
  };
}

// #region child
export const NAMESPACES = CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET;

/** The child's part: all that steps 1 to 7 have taught. */
export function inside(lab: Lab, { checkpoint, cable }: Prepared): Call[] {
  return [...isolate(lab, checkpoint), ...setUpNetwork(cable)];
}

/** The same without a network. */
export function isolate(lab: Lab, checkpoint: Checkpoint): Call[] {
  return [...waitFor(checkpoint), ...becomeRoot(lab), sethostname(lab.settings.hostname), ...makePrivate()];
}
// #endregion child

/** The parent's part while the child waits; then it goes on. */
export async function arrange(lab: Lab, pid: number, { checkpoint, cable, group }: Prepared): Promise<void> {
  await mapIds(lab, pid);
  await layCable(lab, pid, cable);
  await joinGroup(lab, group, pid);
  await release(lab, checkpoint);
}

export async function run(lab: Lab): Promise<End> {
  const prepared = await prepare(lab);
  // #region clone
  const container = await lab.clone(
    [...inside(lab, prepared), ...enterImage(prepared.image), ...lab.program],
    NAMESPACES,
    // The path to the image may lead through places that root inside may not
    // enter, so the child begins there.
    { directory: prepared.image.directory },
  );
  // #endregion clone
  await arrange(lab, container.pid, prepared);
  const end = await lab.wait(container);
  await reportGroup(lab, prepared.group);
  return end;
}
