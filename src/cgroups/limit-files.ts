/** Limits as files of a cgroup: which controller, which file, which text. */
import { readSetting } from '../proc/cgroup-files.ts';
import { PERIOD_US, type Resources } from '../settings/resources.ts';
import type { Call } from '../syscalls/call.ts';
import { limitDevices, ruleText } from './devices.ts';
import { weightOfShares } from './weight.ts';

export interface LimitFile {
  readonly file: string;
  /** What is written, each by a write of its own. */
  readonly texts: readonly string[];
  /** Left out where the kernel has no such file. */
  readonly optional?: boolean;
}

/** What a limit needs in one version. */
export interface Files {
  readonly controller: string;
  /** Something that every cgroup of v2 has, whatever its parent hands out. */
  readonly isEverywhere?: boolean;
  /** `parent` is where the cgroup will be; `disk` is MAJOR:MINOR. */
  files(limits: Resources, parent: string, disk: string): LimitFile[];
  /** What no file is for; `directory` is the cgroup's. */
  calls?(limits: Resources, directory: string): Call[];
}

export interface LimitRow {
  readonly limit: keyof Resources;
  readonly v1: Files;
  readonly v2: Files;
}

/**
 * One row per limit. Sources: cgroup-v1/{memory,cpusets,pids,blkio-controller}.rst,
 * scheduler/sched-bwc.rst, cgroup-v2.rst.
 */
export const LIMITS: readonly LimitRow[] = [
  {
    limit: 'memory',
    v1: {
      controller: 'memory',
      // memsw is memory and swap together, and may never be below memory: so it comes second.
      files: ({ memory }) => [set('memory.limit_in_bytes', memory), optional('memory.memsw.limit_in_bytes', memory)],
    },
    v2: {
      controller: 'memory',
      files: ({ memory }) => [set('memory.max', memory), optional('memory.swap.max', 0)],
    },
  },
  {
    limit: 'cpus',
    v1: {
      controller: 'cpu',
      files: ({ cpus }) => [set('cpu.cfs_period_us', PERIOD_US), set('cpu.cfs_quota_us', quota(cpus))],
    },
    v2: { controller: 'cpu', files: ({ cpus }) => [set('cpu.max', `${quota(cpus)} ${PERIOD_US}`)] },
  },
  {
    limit: 'cpuShares',
    v1: { controller: 'cpu', files: ({ cpuShares }) => [set('cpu.shares', cpuShares)] },
    v2: { controller: 'cpu', files: ({ cpuShares }) => [set('cpu.weight', weightOfShares(cpuShares ?? 1024))] },
  },
  {
    limit: 'cpusetCpus',
    v1: {
      controller: 'cpuset',
      // A new v1 cpuset has neither memory nodes nor CPUs, and no process can join one like that.
      files: ({ cpusetCpus }, parent) => [set('cpuset.mems', memoryNodes(parent)), set('cpuset.cpus', cpusetCpus)],
    },
    v2: { controller: 'cpuset', files: ({ cpusetCpus }) => [set('cpuset.cpus', cpusetCpus)] },
  },
  {
    limit: 'pids',
    v1: { controller: 'pids', files: ({ pids }) => [set('pids.max', pids)] },
    v2: { controller: 'pids', files: ({ pids }) => [set('pids.max', pids)] },
  },
  {
    limit: 'deviceWriteBps',
    v1: {
      controller: 'blkio',
      files: ({ deviceWriteBps }, _, disk) => [set('blkio.throttle.write_bps_device', `${disk} ${deviceWriteBps}`)],
    },
    v2: {
      controller: 'io',
      files: ({ deviceWriteBps }, _, disk) => [set('io.max', `${disk} wbps=${deviceWriteBps}`)],
    },
  },
  {
    limit: 'devices',
    v1: {
      controller: 'devices',
      // Of two lines in one write the kernel takes the first, and says nothing.
      files: ({ devices = [] }) => [set('devices.deny', 'a'), { file: 'devices.allow', texts: devices.map(ruleText) }],
    },
    v2: {
      controller: 'devices',
      isEverywhere: true,
      files: () => [],
      calls: ({ devices = [] }, directory) => limitDevices(directory, devices),
    },
  },
];

function set(file: string, value: number | string | undefined): LimitFile {
  return { file, texts: [String(value)] };
}

function optional(file: string, value: number | string | undefined): LimitFile {
  return { ...set(file, value), optional: true };
}

/** Microseconds of CPU time in each period. */
function quota(cpus = 0): number {
  return Math.round(cpus * PERIOD_US);
}

function memoryNodes(parent: string): string {
  return readSetting(parent, 'cpuset.effective_mems') ?? readSetting(parent, 'cpuset.mems') ?? '0';
}
