/**
 * The file system of a sandbox: a small one of its own in memory, into which the
 * machine's programs and parts of the kit are bound, all read-only. Only /tmp
 * and /dev/shm can be written, and they are bounded.
 *
 * It is built in a user namespace above that of the program. A mount that comes
 * from there is locked: root of the sandbox can neither make it writable nor
 * take it away, and so see what it covers. Source: mount_namespaces(7).
 */
import { lstatSync, readlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { CgroupMount } from '../cgroups/mounts.ts';
import { makePrivate, mountProc } from '../steps/04-mount.ts';
import { mountDev } from '../steps/08-chroot.ts';
import type { Call } from '../syscalls/call.ts';
import { chdir, close, ensureDirectory, mkdir, openat, symlink, write } from '../syscalls/files.ts';
import { MNT, MS_BIND, MS_NODEV, MS_NOSUID, MS_REC, MS_SHARED, O_CREAT, O_EXCL, O_WRONLY } from '../syscalls/flags.ts';
import { attachMount, makeReadOnly, mount, pivotRoot, umount } from '../syscalls/mounts.ts';
import type { Bind } from './binds.ts';

export interface RootContents {
  /** What of the machine appears where, by the path inside. */
  readonly binds: ReadonlyMap<string, Bind>;
  /** Files that exist in the sandbox alone, with their text. */
  readonly files: Readonly<Record<string, string>>;
  /** Directories of the machine that must not be seen, if they are among its programs. */
  readonly hidden: readonly string[];
  readonly cgroups: readonly CgroupMount[];
}

/** Where the old root is until all has been taken from it. */
const OLD = '/tmp';
const ROOT_BYTES = 4 * 2 ** 20;
/** What may be written to /tmp, and to /dev/shm. */
const SCRATCH_BYTES = 64 * 2 ** 20;
/** What programs of the machine need: on most machines these are links into /usr. */
const SYSTEM = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32'];

/** Where the outer process has a /proc of its own: under what the program sees there. */
export const OUTER_PROC = '/dev/shm/outer';

/** The outer process's calls, after which `/` is the sandbox's and nothing else can be reached. */
export function buildRoot({ binds, files, hidden, cgroups }: RootContents): Call[] {
  const directories = new Directories();
  return [
    ...makePrivate(),
    mount('tmpfs', '/tmp', 'tmpfs', MS_NOSUID | MS_NODEV, `mode=755,size=${ROOT_BYTES}`),
    mkdir(`/tmp${OLD}`),
    pivotRoot('/tmp', `/tmp${OLD}`),
    chdir('/'),
    ...SYSTEM.flatMap((path) => systemPath(path, directories)),
    ...outermost(hidden.filter(isShown)).map((path) =>
      mount('tmpfs', path, 'tmpfs', MS_NOSUID | MS_NODEV, 'mode=755,size=4k'),
    ),
    ...[...binds].flatMap(([inside, found]) => bind(inside, found, directories)),
    // What was picked up outside is still a peer of the original.
    ...makePrivate(),
    ...Object.entries(files).flatMap(([path, text]) => [...directories.above(path), ...newFile(path, text)]),
    ...['/proc', '/dev', ...cgroups.map(cgroupPath)].flatMap((path) => directories.at(path)),
    makeReadOnly('/'),
    ...mountDev('/dev', `${OLD}/dev`),
    mkdir('/dev/shm'),
    mkdir(OUTER_PROC),
    // The kernel mounts another /proc in the sandbox only where a whole one is seen already.
    ...mountProc(OUTER_PROC),
    umount(OLD, MNT.MNT_DETACH),
  ];
}

/** The calls of the program's process: the mounts that are its own. */
export function finishRoot({ cgroups }: Pick<RootContents, 'cgroups'>): Call[] {
  return [
    ...mountProc(),
    mount('tmpfs', '/dev/shm', 'tmpfs', MS_NOSUID | MS_NODEV, `mode=1777,size=${SCRATCH_BYTES}`),
    ...cgroups.map((cgroup) => mount('cgroup', cgroupPath(cgroup), cgroup.type, MS_NOSUID | MS_NODEV, cgroup.options)),
    mount('tmpfs', '/tmp', 'tmpfs', MS_NOSUID | MS_NODEV, `mode=1777,size=${SCRATCH_BYTES}`),
    // As systemd does on a host: so a mount that leaks out of a container is seen to leak.
    mount('none', '/', null, MS_REC | MS_SHARED),
  ];
}

function cgroupPath({ name }: CgroupMount): string {
  return join('/sys/fs/cgroup', name);
}

/** Makes directories once each, their parents first. */
class Directories {
  readonly #made = new Set(['/', OLD]);

  at(path: string): Call[] {
    if (this.#made.has(path)) return [];
    const parents = this.above(path);
    this.#made.add(path);
    return [...parents, ensureDirectory(path)];
  }

  above(path: string): Call[] {
    return this.at(dirname(path));
  }
}

function systemPath(path: string, directories: Directories): Call[] {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return [];
  if (stats.isSymbolicLink()) return [symlink(readlinkSync(path), path)];
  return bind(path, { path, isDirectory: stats.isDirectory() }, directories);
}

/** Whether a directory lies below one of those that are bound whole. */
function isShown(path: string): boolean {
  return SYSTEM.some((shown) => path.startsWith(`${shown}/`));
}

/** What lies in another of them is hidden with it, and is not there any more. */
function outermost(paths: readonly string[]): string[] {
  return [...new Set(paths)].filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
}

/** Binds also what is mounted below: the kernel lets nobody look under mounts of a more privileged namespace. */
function bind(inside: string, { path, isDirectory, mount: picked }: Bind, directories: Directories): Call[] {
  const place = isDirectory ? directories.at(inside) : [...directories.above(inside), ...newFile(inside, '')];
  const attach =
    picked === undefined ? mount(`${OLD}${path}`, inside, null, MS_BIND | MS_REC) : attachMount(picked, inside);
  return [...place, attach];
}

function newFile(path: string, text: string): Call[] {
  const file = openat(path, O_WRONLY | O_CREAT | O_EXCL, 0o644);
  return [file, ...(text === '' ? [] : [write(file, text)]), close(file)];
}
