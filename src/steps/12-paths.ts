/** What /proc and /sys show of the host, though the container has its own: hidden, or read-only. */
import { statSync } from 'node:fs';
import { type Call, tolerating } from '../syscalls/call.ts';
import { ensureDirectory } from '../syscalls/files.ts';
import { MS_BIND, MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY, MS_REC, MS_REMOUNT } from '../syscalls/flags.ts';
import { mount } from '../syscalls/mounts.ts';

/** As in Docker. They tell of all the machine, and some can be written to. */
export const HIDDEN: readonly string[] = [
  '/proc/acpi',
  '/proc/asound',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/sys/devices/virtual/powercap',
  '/sys/firmware',
];

/** Here whoever writes changes the machine. */
export const READ_ONLY: readonly string[] = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

// #region hide
/** Hides a directory below an empty one, and a file below /dev/null. */
function hide(path: string): Call {
  return isDirectory(path)
    ? mount('tmpfs', path, 'tmpfs', MS_RDONLY, 'size=0')
    : mount('/dev/null', path, null, MS_BIND);
}

/** Makes it a mount of its own first: a flag belongs to a mount. A remount must repeat those that it has. */
function makePathReadOnly(path: string): Call[] {
  const flags = MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return [mount(path, path, null, MS_BIND | MS_REC), mount(null, path, null, MS_REMOUNT | MS_BIND | MS_RDONLY | flags)];
}

/** When the image is the root. */
export function hidePaths(): Call[] {
  return [
    ...HIDDEN.filter(isHere).map((path) => tolerating('ENOENT', hide(path))),
    ...READ_ONLY.filter(isHere).flatMap(makePathReadOnly),
  ];
}
// #endregion hide

function isHere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isDirectory(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/**
 * A /sys of the container's network namespace, in the working directory. Where
 * the host's is partly hidden, as in a Docker container, the kernel refuses one
 * that would show all: then there is none.
 */
export function mountSys(directory: string): Call[] {
  const flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
  return [ensureDirectory(directory), tolerating('EPERM', mount('sysfs', directory, 'sysfs', flags))];
}
