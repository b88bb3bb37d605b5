/**
 * Where the cgroup hierarchies of a machine are, and where in them this process
 * is: from /proc/self/mountinfo and /proc/self/cgroup, never from a guess.
 * Source: cgroups(7), /proc files.
 */
import { type Mount, parseMountinfo, pathBelow } from '../proc/mountinfo.ts';

export interface Hierarchy {
  readonly version: 1 | 2;
  /** The controllers of a v1 hierarchy. In v2 they differ from directory to directory. */
  readonly controllers: readonly string[];
  readonly mountPoint: string;
  /** The directory of this process's own cgroup. */
  readonly own: string;
  readonly readOnly: boolean;
}

export interface Membership {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  readonly path: string;
}

/** Parses /proc/PID/cgroup: one line per hierarchy, `ID:CONTROLLERS:PATH`; v2 is `0::PATH`. */
export function parseMemberships(text: string): Membership[] {
  return text.split('\n').flatMap((line) => {
    const [, id, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (!id || !path) return [];
    const version = id === '0' ? 2 : 1;
    return { version, controllers: controllers ? controllers.split(',') : [], path };
  });
}

/** The hierarchies that are mounted here, each with the directory of this process's own cgroup. */
export function findHierarchies(mountinfo: string, cgroup: string): Hierarchy[] {
  const mounts = parseMountinfo(mountinfo);
  return parseMemberships(cgroup).flatMap((membership) => {
    const shown = mounts.filter((mount) => shows(mount, membership)).map((mount) => hierarchyAt(mount, membership));
    // A hierarchy can be mounted more than once, as in containers.
    const best =
      shown.find(({ readOnly, holdsOwn }) => holdsOwn && !readOnly) ??
      shown.find(({ holdsOwn }) => holdsOwn) ??
      shown[0];
    return best ? [best] : [];
  });
}

/** The mount points of all cgroup file systems. */
export function cgroupMountPoints(mountinfo: string): string[] {
  const mounts = parseMountinfo(mountinfo).filter(({ type }) => type === 'cgroup' || type === 'cgroup2');
  return [...new Set(mounts.map(({ mountPoint }) => mountPoint))];
}

function shows(mount: Mount, { version, controllers }: Membership): boolean {
  if (version === 2) return mount.type === 'cgroup2';
  return mount.type === 'cgroup' && controllers.every((controller) => mount.superOptions.includes(controller));
}

function hierarchyAt(mount: Mount, { version, controllers, path }: Membership): Hierarchy & { holdsOwn: boolean } {
  const below = pathBelow(mount.root, path);
  return {
    version,
    controllers,
    mountPoint: mount.mountPoint,
    // A process can be outside of what is mounted, as with a cgroup namespace: then its top has to do.
    own: `${mount.mountPoint}${below ?? ''}`,
    readOnly: mount.options.includes('ro'),
    holdsOwn: below !== undefined,
  };
}
