/** What a container may use at most, before any cgroup is involved: `linux.resources` of config.json. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../command-line/usage-error.ts';
import { bytes, integer } from '../command-line/values.ts';
import type { DeviceRule } from './devices.ts';
import type { SubjectOption } from './option.ts';

export interface Resources {
  /** Bytes of memory; there is no swap on top of it. */
  readonly memory?: number;
  /** CPUs' worth of time: 0.5 is half of one CPU, 2 is two whole ones. */
  readonly cpus?: number;
  /** Share of the CPU when others want it too: 2 to 262144, and 1024 is everyone's default. */
  readonly cpuShares?: number;
  /** The CPUs to run on, such as `0-1` or `0,3`. */
  readonly cpusetCpus?: string;
  /** How many processes and threads there may be at once. */
  readonly pids?: number;
  /** Bytes per second that may be written to the disk of the working directory. */
  readonly deviceWriteBps?: number;
  /** The devices that may be used, and no others; without it, all of them. */
  readonly devices?: readonly DeviceRule[];
}

export const DEFAULT_RESOURCES: Resources = {};

const LIMITS: readonly string[] = [
  'memory',
  'cpus',
  'cpuShares',
  'cpusetCpus',
  'pids',
  'deviceWriteBps',
  'devices',
] satisfies (keyof Resources)[];

/** The period over which a CPU quota is counted, in microseconds: the kernel's default. */
export const PERIOD_US = 100_000;

/**
 * Until its execve the child shares the memory of the kit. With too little to come
 * so far, the kernel's OOM killer would take both. docker run has the same least.
 */
export const LEAST_MEMORY = 6 * 2 ** 20;

/** The kernel's range of cpu.shares. */
const LEAST_SHARES = 2;
const MOST_SHARES = 262_144;

/** The kernel counts no more: PID_MAX_LIMIT. */
const MOST_PIDS = 4_194_304;

/** The kernel takes no quota below 1 ms in a period. */
const LEAST_CPUS = 1000 / PERIOD_US;

/**
 * Refuses limits that the kernel would clamp in silence or turn down without a reason.
 * @throws RangeError that says what the limit accepts.
 */
export function checkResources(resources: Resources): void {
  const unknown = Object.keys(resources).find((name) => !LIMITS.includes(name));
  if (unknown) throw new RangeError(`There is no limit ${unknown}. Limits: ${LIMITS.join(', ')}.`);
  whole('memory', resources.memory, 1);
  whole('pids', resources.pids, 1);
  whole('deviceWriteBps', resources.deviceWriteBps, 1);
  whole('cpuShares', resources.cpuShares, LEAST_SHARES, MOST_SHARES);
  if (resources.cpus !== undefined && !(resources.cpus >= LEAST_CPUS && Number.isFinite(resources.cpus))) {
    throw new RangeError(`cpus is ${resources.cpus}; it must be a number from ${LEAST_CPUS}.`);
  }
  if (resources.cpusetCpus !== undefined) cpuList(resources.cpusetCpus);
}

function whole(name: string, value: number | undefined, least: number, most = Number.MAX_SAFE_INTEGER): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw new RangeError(`${name} is ${value}; it must be a whole number from ${least} to ${most}.`);
}

/**
 * The CPUs of a list in the kernel's notation: `0-1,3` is 0, 1 and 3.
 * @throws RangeError for anything else. Source: cpuset(7), List format.
 */
export function cpuList(text: string): number[] {
  const cpus = new Set<number>();
  for (const range of text.trim().split(',')) {
    const [, first, last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(range) ?? [];
    if (first === undefined || Number(last) < Number(first)) {
      throw new RangeError(`"${text}" is not a list of CPUs such as 0-1 or 0,3.`);
    }
    for (let cpu = Number(first); cpu <= Number(last); cpu += 1) cpus.add(cpu);
  }
  return [...cpus].sort((a, b) => a - b);
}

/** @throws UsageError for a CPU that this machine does not have */
export function checkCpus(asked: string): void {
  const online = readFileSync('/sys/devices/system/cpu/online', 'utf8').trim();
  if (cpuList(asked).every((cpu) => cpuList(online).includes(cpu))) return;
  throw new UsageError(`--cpuset-cpus: ${asked} was asked for, and this machine has the CPUs ${online}.`);
}

/** A limit of memory, in bytes. */
function memory(text: string): number {
  const count = bytes(text);
  if (count < LEAST_MEMORY)
    throw new UsageError(`${JSON.stringify(text)} is less than a container needs to begin: 6m at least`);
  return count;
}

/** `0.5`: CPUs. */
export function cpuCount(text: string): number {
  const value = /^\d*\.?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= LEAST_CPUS && Number.isFinite(value)))
    throw new UsageError(`${JSON.stringify(text)} is not a number of CPUs from ${LEAST_CPUS} on, such as 0.5`);
  return value;
}

/** `0-1,3`, as it was typed. */
export function cpuListText(text: string): string {
  if (isCpuList(text)) return text;
  throw new UsageError(`${JSON.stringify(text)} is not a list of CPUs, such as 0-1 or 0,2`);
}

function isCpuList(text: string): boolean {
  try {
    return cpuList(text).length > 0 && text === text.trim();
  } catch {
    return false;
  }
}

const limit =
  <Name extends keyof Resources>(name: Name, parse: (text: string) => Resources[Name]) =>
  (resources: Resources, text: string): Resources => ({ ...resources, [name]: parse(text) });

export const resourcesOptions: readonly SubjectOption<Resources>[] = [
  { name: '--memory', value: 'BYTES', about: 'limits', help: 'memory limit: 64m, 1g', set: limit('memory', memory) },
  {
    name: '--cpus',
    value: 'NUMBER',
    about: 'limits',
    help: 'CPU quota: 0.5 is half a CPU',
    set: limit('cpus', cpuCount),
  },
  {
    name: '--cpu-shares',
    value: 'NUMBER',
    about: 'limits',
    help: 'CPU weight, 2 to 262144; 1024 is usual',
    set: limit('cpuShares', integer(LEAST_SHARES, MOST_SHARES)),
  },
  {
    name: '--cpuset-cpus',
    value: 'LIST',
    about: 'limits',
    help: 'CPUs to run on: 0-1 or 0,2',
    set: limit('cpusetCpus', cpuListText),
  },
  {
    name: '--pids',
    value: 'NUMBER',
    about: 'limits',
    help: 'number of processes and threads',
    set: limit('pids', integer(1, MOST_PIDS)),
  },
  {
    name: '--device-write-bps',
    value: 'RATE',
    about: 'limits',
    help: 'bytes per second written to the disk: 1mb',
    set: limit('deviceWriteBps', bytes),
  },
];
