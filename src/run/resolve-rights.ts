/** Looks at the rights and devices that were asked for before anything begins. */
import { statSync } from 'node:fs';
import { UsageError } from '../command-line/usage-error.ts';
import type { IdRange } from '../proc/id-maps.ts';
import type { Devices } from '../settings/devices.ts';
import type { Settings } from '../settings/settings.ts';
import { idMaps } from '../settings/users.ts';
import { filterOf } from '../steps/12-filter.ts';

/** @throws UsageError for what this machine or this user does not have */
export function checkRights({ rights, users, devices }: Settings): void {
  const { uids, gids } = idMaps(users);
  if (rights.user) {
    checkId(rights.user.uid, uids, '--uid-map');
    checkId(rights.user.gid, gids, '--gid-map');
  }
  checkDevices(devices);
  // A profile that cannot be read is no later surprise.
  if (rights.seccomp !== undefined) filterOf(rights);
}

/** user_namespaces(7): nobody can become a user without a number outside. */
function checkId(id: number, ranges: readonly IdRange[], option: string): void {
  if (ranges.some(({ inside, count }) => id >= inside && id < inside + count)) return;
  const kind = option === '--uid-map' ? 'user' : 'group';
  const remedy =
    process.geteuid?.() === 0
      ? `Give it one: ${option} 0:1000000000:65536.`
      : 'Without root only 0 has one: leave --user out, or run as root.';
  throw new UsageError(`--user: ${kind} ${id} of the container has no number outside. ${remedy}`);
}

function checkDevices(devices: Devices): void {
  const places = new Set<string>();
  for (const { source, destination } of devices) {
    if (places.has(destination)) throw new UsageError(`--device: ${destination} is given twice.`);
    places.add(destination);
    if (!isDevice(source)) throw new UsageError(`--device: ${source} is no device. Those of the host are in /dev.`);
  }
}

/** @throws UsageError for what is not there, or out of reach */
function isDevice(path: string): boolean {
  try {
    const stats = statSync(path);
    return stats.isCharacterDevice() || stats.isBlockDevice();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'ENOENT' || code === 'ENOTDIR' ? 'is not there' : `cannot be reached by this user (${code})`;
    throw new UsageError(`--device: ${path} ${why}.`);
  }
}
