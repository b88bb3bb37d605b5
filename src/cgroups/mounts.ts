/** The cgroup file systems of a container, which show its own cgroup as their top. */
import { basename } from 'node:path';
import { findHierarchies } from './hierarchies.ts';
import { thisMachine } from './machine.ts';

export interface CgroupMount {
  /** Below /sys/fs/cgroup; `''` for that itself. */
  readonly name: string;
  readonly type: 'cgroup' | 'cgroup2';
  readonly options: string | null;
}

/** For each hierarchy in which there is one of some cgroups. Beside those of v1, that of v2 is called `unified`. */
export function mountsOf(directories: readonly string[]): CgroupMount[] {
  const { mountinfo, cgroup } = thisMachine();
  const shown = findHierarchies(mountinfo, cgroup).filter(({ mountPoint }) =>
    directories.some((directory) => directory.startsWith(`${mountPoint}/`)),
  );
  const alone = shown.length === 1 && shown[0]?.version === 2;
  return shown.map(({ version, controllers, mountPoint }) =>
    version === 2
      ? { name: alone ? '' : 'unified', type: 'cgroup2', options: null }
      : { name: basename(mountPoint), type: 'cgroup', options: controllers.join(',') },
  );
}
