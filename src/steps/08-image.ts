/** Opening the image of a run, so that its files belong to root as seen from inside. */
import { statSync } from 'node:fs';
import { closeAtEnd } from '../lab/close-at-end.ts';
import type { Lab } from '../lab/lab.ts';
import { idMaps } from '../settings/users.ts';
import { openat } from '../syscalls/files.ts';
import { CLONE_NEWUSER, O_DIRECTORY, O_PATH, O_RDONLY } from '../syscalls/flags.ts';
import { cloneMount, mapMountIds } from '../syscalls/mounts.ts';
import { waitForSignal } from '../syscalls/processes.ts';
import { mapIds } from './05-user.ts';

/** An image, open. */
export interface Image {
  readonly directory: number;
  /** An unattached mount of it through the container's id maps, which a child inherits. */
  readonly mapped?: number;
  /** The user namespace with those maps. */
  readonly namespace?: number;
}

/**
 * Opens the image of `lab`.
 *
 * If its files belong to whoever is root inside, that is all. If they belong to
 * real root, they would appear as nobody's: then the image is mounted once more
 * with its ids mapped, which real root may do since Linux 5.12.
 */
export async function openImage(lab: Lab): Promise<Image> {
  const path = lab.settings.root.path;
  const directory = await openDirectory(lab, path);
  const owner = statSync(path).uid;
  const root = idMaps(lab.settings.users).uids.find(({ inside }) => inside === 0)?.outside;
  if (owner === root) return { directory };
  if (owner === 0 && !lab.rootless) {
    const namespace = await openMappedNamespace(lab);
    return { directory, namespace, mapped: await mapDirectory(lab, path, namespace) };
  }
  await lab.tell(
    () => `The files of ${path} belong to user ${owner}, not to the container's root: inside they are nobody's.`,
  );
  return { directory };
}

/** Opens a directory for a child to begin in; it is closed at the end of the run. */
export async function openDirectory(lab: Lab, path: string): Promise<number> {
  return openInRun(lab, path, O_PATH | O_DIRECTORY);
}

/** Copies the mount of a directory, unattached, and shows its files through the id maps of a user namespace. */
export async function mapDirectory(lab: Lab, path: string, namespace: number): Promise<number> {
  const source = await openInRun(lab, path, O_RDONLY | O_DIRECTORY);
  const [mapped = -1] = (await lab.perform([cloneMount(source)])).results;
  closeAtEnd(lab, mapped);
  await lab.perform([mapMountIds(mapped, namespace)]);
  return mapped;
}

/**
 * Maps are read from a user namespace, and the container's does not exist yet.
 * A child that does nothing holds one with the same maps for a moment.
 */
async function openMappedNamespace(lab: Lab): Promise<number> {
  const holder = await lab.clone([waitForSignal()], CLONE_NEWUSER, { helper: true });
  await mapIds(lab, holder.pid);
  const namespace = await openInRun(lab, `/proc/${holder.pid}/ns/user`, O_RDONLY);
  await holder.destroy();
  return namespace;
}

/** Opens a file that is closed at the end of the run. */
async function openInRun(lab: Lab, path: string, flag: number): Promise<number> {
  const [fd = -1] = (await lab.perform([openat(path, flag)])).results;
  closeAtEnd(lab, fd);
  return fd;
}
