/** From the mounts that were asked for to those of a run: all is looked at before anything begins. */
import { type Stats, statSync } from 'node:fs';
import { UsageError } from '../command-line/usage-error.ts';
import { lookInside } from '../images/look-inside.ts';
import type { Step } from '../lab/step.ts';
import { pathBelow } from '../proc/mountinfo.ts';
import type { Mount, Mounts, Volume } from '../settings/mounts.ts';

/** What a step mounts in its image by itself. */
export function mountedBy({ has }: Pick<Step, 'has'>): string[] {
  return ['/proc', '/dev', ...(has.has('confinement') ? ['/sys'] : [])];
}

/**
 * The mounts, each at a place of the image with no link on the way; `image` are
 * directories laid over one another, the topmost first, and `kits` what the kit
 * mounts in it.
 * @throws UsageError for what is not there, or does not fit
 */
export function resolveMounts(mounts: Mounts, image: readonly string[], kits: readonly string[]): Mounts {
  const resolved: Mount[] = [];
  for (const mount of mounts) {
    const destination = placeOf(mount, image, kits);
    const other = resolved.find(
      (known) => covers(known.destination, destination) || covers(destination, known.destination),
    );
    if (other?.destination === destination) throw new UsageError(`${nameOf(mount)}: ${destination} is given twice.`);
    if (other)
      throw new UsageError(`${nameOf(mount)}: ${destination} and ${other.destination} would cover each other.`);
    resolved.push({ ...mount, destination });
  }
  return resolved;
}

/** @throws UsageError where nothing can be mounted */
function placeOf(mount: Mount, image: readonly string[], kits: readonly string[]): string {
  const name = nameOf(mount);
  const isFolder = mount.type === 'tmpfs' || statsOf(mount).isDirectory();
  const { destination } = mount;
  refuseKits(name, kits, destination, destination);
  const place = lookInside(image, destination);
  if (!place) {
    throw new UsageError(`${name}: ${destination} is not in the image. Take a place that is there, such as /mnt.`);
  }
  const { path, stats } = place;
  const shown = path === destination ? path : `${destination}, which is ${path} in the image,`;
  if (path === '/') throw new UsageError(`${name}: ${shown} is the image itself, which --rootfs chooses.`);
  refuseKits(name, kits, path, shown);
  if (isFolder !== stats.isDirectory()) {
    const [has, wants] = isFolder ? ['is no folder', 'a folder'] : ['is a folder', 'a file'];
    throw new UsageError(`${name}: ${shown} ${has}, and ${wants} is to be mounted there.`);
  }
  return path;
}

function refuseKits(name: string, kits: readonly string[], path: string, shown: string): void {
  const taken = kits.find((mounted) => covers(mounted, path));
  if (taken) throw new UsageError(`${name}: ${shown} lies in what the kit itself mounts at ${taken}.`);
}

/** @throws UsageError for what is not there, or out of reach */
function statsOf({ source }: Volume): Stats {
  try {
    return statSync(source);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'is not there' : `cannot be reached by this user (${code})`;
    throw new UsageError(`--volume: ${source} ${why}.`);
  }
}

function nameOf({ type }: Mount): string {
  return type === 'bind' ? '--volume' : '--tmpfs';
}

function covers(folder: string, path: string): boolean {
  return pathBelow(folder, path) !== undefined;
}
