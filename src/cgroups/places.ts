/** The cgroups to make, what to write into each, and the limits that cannot be set. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSetting } from '../proc/cgroup-files.ts';
import { cpuList, type Resources } from '../settings/resources.ts';
import { type Rule, rules, type Setting } from './demands.ts';
import { diskOf } from './disk.ts';
import { type Home, Homes, type NoHome } from './homes.ts';
import type { Leaf } from './leaf.ts';
import { isHierarchyTop, type Machine } from './machine.ts';

/** One cgroup to make. */
export interface Place {
  readonly version: 1 | 2;
  readonly parent: string;
  readonly directory: string;
  /** v2 controllers that the parent has yet to hand out. */
  readonly enable: readonly string[];
  readonly leaf?: Leaf;
  readonly settings: readonly Setting[];
}

export interface Places {
  readonly places: readonly Place[];
  /** One line per reason, after the controllers that it concerns. */
  readonly missing: readonly string[];
}

/** A limit that can be set: where, and by writing what. */
interface Settled {
  readonly home: Home;
  readonly settings: readonly Setting[];
}

export function findPlaces(limits: Resources, name: string, machine: Machine): Places {
  const asked = rules.filter(({ limit }) => limits[limit] !== undefined);
  const homes = new Homes(
    asked.map(({ v2 }) => v2.controller),
    name,
    machine,
  );
  const outcomes = [...asked.map((rule) => settle(rule, limits, homes, machine)), ...timeKeeping(limits, homes)];
  return {
    places: mergedByDirectory(
      outcomes.filter((outcome) => 'home' in outcome),
      name,
    ),
    missing: mergedByReason(outcomes.filter((outcome) => 'reason' in outcome)),
  };
}

function settle(rule: Rule, limits: Resources, homes: Homes, machine: Machine): Settled | NoHome {
  const home = homes.of(rule.v1.controller, rule.v2.controller);
  if ('reason' in home) return home;
  const { controller, parent, version } = home;
  const disk = rule.limit === 'deviceWriteBps' ? diskOf(machine.directory, machine.mountinfo) : '';
  if (disk === undefined) return { controller, reason: `${machine.directory} is not on a disk of its own.` };
  const present = rule.limit === 'cpusetCpus' ? cpusOf(parent) : undefined;
  if (present && !isPartOf(limits.cpusetCpus ?? '', present)) {
    return { controller, reason: `CPUs ${limits.cpusetCpus} were asked for, and ${parent} has only ${present}.` };
  }
  const demand = version === 1 ? rule.v1 : rule.v2;
  const settings = demand.settings(limits, parent, disk);
  const there = settings.filter(({ file }) => willHave(home, file, machine));
  const absent = settings.find((setting) => !setting.optional && !there.includes(setting));
  return absent
    ? { controller, reason: `this kernel has the controller, but not its ${absent.file}.` }
    : { home, settings: there };
}

/** Whether a cgroup here will have a file. At the top of a hierarchy some are left out. */
function willHave({ version, parent }: Home, file: string, { swaps }: Machine): boolean {
  if (existsSync(join(parent, file))) return true;
  if (!isHierarchyTop(parent, version)) return false;
  if (file === 'memory.swap.max') return swaps.trim().split('\n').length > 1;
  return version === 2 || file === 'pids.max';
}

function cpusOf(directory: string): string | undefined {
  return readSetting(directory, 'cpuset.effective_cpus') ?? readSetting(directory, 'cpuset.cpus.effective');
}

/** Checked here because v2 takes any list of CPUs, and ignores one with none of the parent's. */
function isPartOf(asked: string, present: string): boolean {
  return cpuList(asked).every((cpu) => cpuList(present).includes(cpu));
}

/** In v1 CPU time is counted by a controller of its own, which sets no limit. */
function timeKeeping({ cpus, cpuShares, cpusetCpus }: Resources, homes: Homes): Settled[] {
  const home = (cpus ?? cpuShares ?? cpusetCpus) === undefined ? undefined : homes.inV1('cpuacct');
  return home && !('reason' in home) ? [{ home, settings: [] }] : [];
}

/** Controllers can share a hierarchy, as cpu and cpuacct do, or all of v2's. */
function mergedByDirectory(settled: readonly Settled[], name: string): Place[] {
  return grouped(settled, ({ home }) => home.parent).map(({ key: parent, first, members }) => {
    const { version, leaf } = first.home;
    const enable = first.home.enable.filter((enabled) => members.some(({ home }) => home.controller === enabled));
    const settings = members.flatMap((member) => member.settings);
    const directory = join(parent, name);
    return { version, parent, directory, enable, ...(leaf && enable.length > 0 && { leaf }), settings };
  });
}

function mergedByReason(refused: readonly NoHome[]): string[] {
  return grouped(refused, ({ reason }) => reason).map(({ key: reason, members }) => {
    const controllers = new Set(members.map(({ controller }) => controller));
    return `${[...controllers].join(', ')}: ${reason}`;
  });
}

interface Group<T> {
  readonly key: string;
  readonly first: T;
  readonly members: T[];
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Group<T>[] {
  const groups = new Map<string, Group<T>>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key) ?? { key, first: item, members: [] };
    group.members.push(item);
    groups.set(key, group);
  }
  return [...groups.values()];
}
