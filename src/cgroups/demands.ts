/** Resources as settings: which controller, which file, which text. */

import { readSetting } from '../proc/cgroup-files.ts';
import { PERIOD_US, type Resources } from '../settings/resources.ts';
import { weightOfShares } from './weight.ts';

export interface Setting {
  readonly file: string;
  readonly text: string;
  /** Left out where the kernel has no such file. */
  readonly optional?: boolean;
}

/** What a limit asks for in one version. */
export interface Demand {
  readonly controller: string;
  /** `parent` is where the cgroup will be; `disk` is MAJOR:MINOR. */
  settings(limits: Resources, parent: string, disk: string): Setting[];
}

export interface Rule {
  readonly limit: keyof Resources;
  readonly v1: Demand;
  readonly v2: Demand;
}

/**
 * One row per limit. Sources: cgroup-v1/{memory,cpusets,pids,blkio-controller}.rst,
 * scheduler/sched-bwc.rst, cgroup-v2.rst.
 */
export const rules: readonly Rule[] = [
  {
    limit: 'memory',
    v1: {
      controller: 'memory',
      // memsw is memory and swap together, and may never be below memory: so it comes second.
      settings: ({ memory }) => [set('memory.limit_in_bytes', memory), optional('memory.memsw.limit_in_bytes', memory)],
    },
    v2: {
      controller: 'memory',
      settings: ({ memory }) => [set('memory.max', memory), optional('memory.swap.max', 0)],
    },
  },
  {
    limit: 'cpus',
    v1: {
      controller: 'cpu',
      settings: ({ cpus }) => [set('cpu.cfs_period_us', PERIOD_US), set('cpu.cfs_quota_us', quota(cpus))],
    },
    v2: { controller: 'cpu', settings: ({ cpus }) => [set('cpu.max', `${quota(cpus)} ${PERIOD_US}`)] },
  },
  {
    limit: 'cpuShares',
    v1: { controller: 'cpu', settings: ({ cpuShares }) => [set('cpu.shares', cpuShares)] },
    v2: { controller: 'cpu', settings: ({ cpuShares }) => [set('cpu.weight', weightOfShares(cpuShares ?? 1024))] },
  },
  {
    limit: 'cpusetCpus',
    v1: {
      controller: 'cpuset',
      // A new v1 cpuset has neither memory nodes nor CPUs, and no process can join one like that.
      settings: ({ cpusetCpus }, parent) => [set('cpuset.mems', memoryNodes(parent)), set('cpuset.cpus', cpusetCpus)],
    },
    v2: { controller: 'cpuset', settings: ({ cpusetCpus }) => [set('cpuset.cpus', cpusetCpus)] },
  },
  {
    limit: 'pids',
    v1: { controller: 'pids', settings: ({ pids }) => [set('pids.max', pids)] },
    v2: { controller: 'pids', settings: ({ pids }) => [set('pids.max', pids)] },
  },
  {
    limit: 'deviceWriteBps',
    v1: {
      controller: 'blkio',
      settings: ({ deviceWriteBps }, _, disk) => [set('blkio.throttle.write_bps_device', `${disk} ${deviceWriteBps}`)],
    },
    v2: {
      controller: 'io',
      settings: ({ deviceWriteBps }, _, disk) => [set('io.max', `${disk} wbps=${deviceWriteBps}`)],
    },
  },
];

function set(file: string, value: number | string | undefined): Setting {
  return { file, text: String(value) };
}

function optional(file: string, value: number | string | undefined): Setting {
  return { ...set(file, value), optional: true };
}

/** Microseconds of CPU time in each period. */
function quota(cpus = 0): number {
  return Math.round(cpus * PERIOD_US);
}

function memoryNodes(parent: string): string {
  return readSetting(parent, 'cpuset.effective_mems') ?? readSetting(parent, 'cpuset.mems') ?? '0';
}
