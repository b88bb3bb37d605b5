/** Who makes the container's cgroup. A config.json has the path of one instead: `linux.cgroupsPath`. */
import { UsageError } from '../command-line/usage-error.ts';
import type { SubjectOption } from './option.ts';

/** The kit itself, by the files of the cgroup file system, or systemd, which is asked over D-Bus. */
export type CgroupDriver = 'cgroupfs' | 'systemd';

export interface Cgroup {
  readonly driver: CgroupDriver;
}

export const DEFAULT_CGROUP: Cgroup = { driver: 'cgroupfs' };

function driver(text: string): Cgroup {
  if (text === 'cgroupfs' || text === 'systemd') return { driver: text };
  throw new UsageError(`${JSON.stringify(text)} is no driver: cgroupfs or systemd`);
}

export const cgroupOptions: readonly SubjectOption<Cgroup>[] = [
  {
    name: '--cgroup-driver',
    value: 'DRIVER',
    about: 'views',
    help: 'who makes the cgroup: cgroupfs or systemd',
    set: (_, text) => driver(text),
  },
];
