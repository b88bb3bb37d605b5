/** Devices: which of them a container may open, and the host's that it sees. */
import { statSync } from 'node:fs';
import { deviceNumbers } from '../proc/device-numbers.ts';
import type { Device, DeviceRule, Devices } from '../settings/devices.ts';
import type { Call } from '../syscalls/call.ts';
import { ensureDirectory } from '../syscalls/files.ts';
import { bindDevice } from './08-chroot.ts';

// #region rules
/**
 * As in Docker: what does no harm, the container's own terminals, and nodes of all of them, for a
 * node alone opens nothing.
 */
const USUAL: readonly DeviceRule[] = [
  { type: 'c', access: 'm' },
  { type: 'b', access: 'm' },
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty', 'ptmx'].flatMap((name) => ruleFor(`/dev/${name}`, 'rwm')),
  // What /dev/pts has: Documentation/admin-guide/devices.txt.
  { type: 'c', major: 136, access: 'rwm' },
];

/** The devices that a container may use, and no others. */
export function deviceRules(devices: Devices): DeviceRule[] {
  return [...USUAL, ...devices.flatMap(({ source, access }) => ruleFor(source, access))];
}
// #endregion rules

/** The rule for a device of the host's; none for what is no device. */
export function ruleFor(path: string, access: string): DeviceRule[] {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  const type = stats?.isCharacterDevice() ? 'c' : stats?.isBlockDevice() ? 'b' : undefined;
  if (!stats || type === undefined) return [];
  return [{ type, ...deviceNumbers(stats.rdev), access }];
}

/** The host's devices, in the /dev of the working directory. */
export function addDevices(devices: Devices): Call[] {
  return devices.flatMap(addDevice);
}

function addDevice({ source, destination }: Device): Call[] {
  const [, dev = '', name = '', below] = destination.split('/');
  const folder = `${dev}/${name}`;
  return below === undefined
    ? bindDevice(source, folder)
    : [ensureDirectory(folder), ...bindDevice(source, `${folder}/${below}`)];
}
