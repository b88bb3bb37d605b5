/** /proc/PID/cgroup: in which cgroup a process is, and where cgroups are mounted. Source: cgroups(7), /proc files. */
import { parseMountinfo } from './mountinfo.ts';

export interface Membership {
  readonly version: 1 | 2;
  readonly controllers: readonly string[];
  readonly path: string;
}

/** Parses it: one line per hierarchy, `ID:CONTROLLERS:PATH`; v2 is `0::PATH`. */
export function parseMemberships(text: string): Membership[] {
  return text.split('\n').flatMap((line) => {
    const [, id, controllers, path] = /^(\d+):([^:]*):(.*)$/.exec(line) ?? [];
    if (!id || !path) return [];
    const version = id === '0' ? 2 : 1;
    return { version, controllers: controllers ? controllers.split(',') : [], path };
  });
}

/** The mount points of all cgroup file systems. */
export function cgroupMountPoints(mountinfo: string): string[] {
  const mounts = parseMountinfo(mountinfo).filter(({ type }) => type === 'cgroup' || type === 'cgroup2');
  return [...new Set(mounts.map(({ mountPoint }) => mountPoint))];
}
