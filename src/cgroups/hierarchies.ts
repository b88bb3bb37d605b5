/**
 * Where the cgroup hierarchies of a machine are, and where in them this process
 * is: from /proc/self/mountinfo and /proc/self/cgroup, never from a guess.
 * Source: cgroups(7), /proc files.
 */
import { type Membership, parseMemberships } from '../proc/memberships.ts';
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

/** The hierarchies that are mounted here, each with the directory of this process's own cgroup. */
export function findHierarchies(mountinfo: string, cgroup: string): Hierarchy[] {
  // A machine can have hundreds of other mounts.
  const lines = mountinfo.split('\n').filter((line) => line.includes(' - cgroup'));
  const mounts = parseMountinfo(lines.join('\n'));
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
