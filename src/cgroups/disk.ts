/** The disk whose write rate is limited: the one that holds a directory. */
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import { mountOf, parseMountinfo } from '../proc/mountinfo.ts';

/**
 * `MAJOR:MINOR` of the whole disk that holds a directory, or undefined where
 * there is none, as on tmpfs and overlay. Rates are set on whole disks: the
 * kernel refuses a partition with EINVAL. Source: blkio-controller.rst.
 */
export function diskOf(directory: string, mountinfo: string): string | undefined {
  const mount = mountOf(realpathSync(directory), parseMountinfo(mountinfo));
  if (!mount) return undefined;
  const device = mount.device.startsWith('0:') ? deviceOfNode(mount.source) : mount.device;
  return device && wholeDisk(device);
}

/** Btrfs and others give their mounts a made-up number; the source still names the device. */
function deviceOfNode(path: string): string | undefined {
  if (!path.startsWith('/dev/') || !existsSync(path)) return undefined;
  return readNumber(join('/sys/class/block', basename(realpathSync(path)), 'dev'));
}

function wholeDisk(device: string): string | undefined {
  const sys = `/sys/dev/block/${device}`;
  if (!existsSync(sys)) return undefined;
  // The link leads to .../DISK/PARTITION, so `..` must be taken after it is followed.
  return existsSync(join(sys, 'partition')) ? readNumber(join(realpathSync(sys), '..', 'dev')) : device;
}

function readNumber(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8').trim() : undefined;
}
