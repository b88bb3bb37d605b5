/** Where the kernel keeps a process's limits and counters: cgroup v1 or v2, whichever has the controller here. */
import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { read } from './lab.ts';
import type { Need } from './needs.ts';

/** `devices` is one in v1 alone. */
export type Controller = 'memory' | 'cpu' | 'cpuset' | 'pids' | 'io' | 'devices';

export interface Group {
  readonly version: 1 | 2;
  readonly directory: string;
}

/** The controller's name in v1, where it is another. */
const V1_NAMES: Partial<Record<Controller, string>> = { io: 'blkio' };

interface CgroupMount {
  readonly root: string;
  readonly mountPoint: string;
  readonly type: string;
  readonly options: string[];
}

function cgroupMounts(): CgroupMount[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .filter((line) => / - cgroup2? /.test(line))
    .map((line) => {
      const [, , , root = '', mountPoint = ''] = line.split(' ');
      const [type = '', , options = ''] = (line.split(' - ')[1] ?? '').split(' ');
      return { root, mountPoint, type, options: options.split(',') };
    });
}

/** The cgroup of a process that a controller goes by. */
export function groupOf(pid: number | 'self', controller: Controller): Group {
  const memberships = readFileSync(`/proc/${pid}/cgroup`, 'utf8').trim().split('\n');
  const v1 = V1_NAMES[controller] ?? controller;
  const mount = cgroupMounts().find(({ type, options }) => type === 'cgroup' && options.includes(v1));
  const line = mount && memberships.find((membership) => membership.split(':')[1]?.split(',').includes(v1));
  if (mount && line) return { version: 1, directory: below(mount, line) };
  const unified = cgroupMounts().find(({ type }) => type === 'cgroup2');
  const own = memberships.find((membership) => membership.startsWith('0::'));
  if (!unified || !own) throw new Error(`no cgroup hierarchy has ${controller}`);
  return { version: 2, directory: below(unified, own) };
}

function below({ root, mountPoint }: CgroupMount, membership: string): string {
  const path = membership.split(':').slice(2).join(':');
  return join(mountPoint, root === '/' ? path : path.slice(root.length));
}

/** A file of a cgroup: the first name in v1, the second in v2. */
export function fileIn({ version, directory }: Group, v1: string, v2: string): string {
  return readFileSync(join(directory, version === 1 ? v1 : v2), 'utf8').trim();
}

/** The number after a key in such a file: `oom_kill 1`. */
export function countIn(group: Group, v1: readonly [string, string], v2: readonly [string, string]): number {
  const [file, key] = group.version === 1 ? v1 : v2;
  const line = readFileSync(join(group.directory, file), 'utf8')
    .split('\n')
    .find((text) => text.startsWith(`${key} `));
  if (line === undefined) throw new Error(`no ${key} in ${group.directory}/${file}`);
  return Number(line.slice(key.length + 1));
}

export function controller(name: Controller): Need {
  return () => {
    const v1 = V1_NAMES[name] ?? name;
    const there = cgroupMounts().some(({ type, options, mountPoint }) =>
      type === 'cgroup'
        ? options.includes(v1)
        : read(join(mountPoint, 'cgroup.controllers')).split(/\s+/).includes(name),
    );
    return there ? undefined : `needs the cgroup controller ${name}`;
  };
}

/** MAJOR:MINOR of the whole disk that a directory is on, or undefined if it is on none. */
export function diskOf(directory: string): string | undefined {
  const { dev } = statSync(directory);
  const sys = `/sys/dev/block/${Math.floor(dev / 256)}:${dev % 256}`;
  if (dev < 256 || !existsSync(sys)) return undefined;
  return read(join(existsSync(join(sys, 'partition')) ? join(realpathSync(sys), '..') : sys, 'dev')).trim();
}

export function onDisk(directory: string): Need {
  return () => (diskOf(directory) ? undefined : `needs ${directory} to be on a disk`);
}
