/** Where this machine keeps its cgroups, and which controllers they have: cgroups(7). */
import { findHierarchies } from '../cgroups/hierarchies.ts';

export interface CgroupFacts {
  readonly mode: 'v1' | 'hybrid' | 'v2' | 'none';
  readonly hierarchies: readonly {
    readonly version: 1 | 2;
    readonly path: string;
    readonly readOnly: boolean;
    readonly controllers: readonly string[];
  }[];
}

/**
 * Finds the hierarchies in /proc/self/mountinfo and /proc/self/cgroup;
 * `controllersAt` reads the cgroup.controllers file of a v2 mount.
 */
export function findCgroups(mountinfo: string, cgroup: string, controllersAt: (path: string) => string): CgroupFacts {
  const found = findHierarchies(mountinfo, cgroup);
  const hierarchies = found.map(({ version, mountPoint, readOnly, controllers }) => ({
    version,
    path: mountPoint,
    readOnly,
    controllers: version === 1 ? controllers : controllersAt(mountPoint).split(/\s+/).filter(Boolean),
  }));
  const v1 = found.some(({ version }) => version === 1);
  const v2 = found.some(({ version }) => version === 2);
  return { mode: v1 ? (v2 ? 'hybrid' : 'v1') : v2 ? 'v2' : 'none', hierarchies };
}
