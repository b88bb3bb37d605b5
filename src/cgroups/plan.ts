/** The cgroups to make, what to write into each, and the limits that cannot be set. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readSetting } from '../proc/cgroup-files.ts';
import { cpuList, type Resources } from '../settings/resources.ts';
import type { Call } from '../syscalls/call.ts';
import { diskOf } from './disk.ts';
import { LIMITS, type LimitFile, type LimitRow } from './limit-files.ts';
import { isHierarchyTop, type Machine } from './machine.ts';
import { type NoParent, type Parent, Parents } from './parents.ts';
import type { Leaf } from './v2-leaf.ts';

/** One cgroup to make. */
export interface PlannedGroup {
  readonly version: 1 | 2;
  readonly parent: string;
  readonly directory: string;
  /** v2 controllers that the parent has yet to hand out. */
  readonly enable: readonly string[];
  readonly leaf?: Leaf;
  readonly files: readonly LimitFile[];
  /** What no file is for; to be made when the directory is there. */
  readonly calls: readonly Call[];
}

export interface Plan {
  readonly groups: readonly PlannedGroup[];
  /** One line per reason, after the controllers that it concerns. */
  readonly missing: readonly string[];
}

/** A limit that can be set: where, and by writing what. */
interface Settled {
  readonly parent: Parent;
  readonly files: readonly LimitFile[];
  calls?(directory: string): Call[];
}

/** `always`: also without limits, a cgroup that can be frozen, and one of v2. */
export function planGroups(limits: Resources, name: string, machine: Machine, always: boolean): Plan {
  const asked = LIMITS.filter(({ limit }) => limits[limit] !== undefined);
  const parents = new Parents(
    asked.flatMap(({ v2 }) => (v2.isEverywhere ? [] : [v2.controller])),
    name,
    machine,
  );
  const outcomes = [
    ...asked.map((row) => settle(row, limits, parents, machine)),
    ...timeKeeping(limits, parents),
    ...(always ? ofItsOwn(parents) : []),
  ];
  return {
    groups: mergedByDirectory(
      outcomes.filter((outcome) => 'parent' in outcome),
      name,
    ),
    missing: mergedByReason(outcomes.filter((outcome) => 'reason' in outcome)),
  };
}

function settle(limit: LimitRow, limits: Resources, parents: Parents, machine: Machine): Settled | NoParent {
  const parent = parents.of(limit.v1.controller, limit.v2);
  if ('reason' in parent) return parent;
  const { controller, directory, version } = parent;
  const disk = limit.limit === 'deviceWriteBps' ? diskOf(machine.directory, machine.mountinfo) : '';
  if (disk === undefined) return { controller, reason: `${machine.directory} is not on a disk of its own.` };
  const present = limit.limit === 'cpusetCpus' ? cpusOf(directory) : undefined;
  if (present && !isPartOf(limits.cpusetCpus ?? '', present)) {
    return { controller, reason: `CPUs ${limits.cpusetCpus} were asked for, and ${directory} has only ${present}.` };
  }
  const row = version === 1 ? limit.v1 : limit.v2;
  const files = row.files(limits, directory, disk);
  const there = files.filter(({ file }) => willHave(parent, file, machine));
  const absent = files.find((file) => !file.optional && !there.includes(file));
  return absent
    ? { controller, reason: `this kernel has the controller, but not its ${absent.file}.` }
    : { parent, files: there, calls: (made) => row.calls?.(limits, made) ?? [] };
}

/** Whether a cgroup here will have a file. At the top of a hierarchy some are left out. */
function willHave({ version, directory }: Parent, file: string, { swaps }: Machine): boolean {
  if (existsSync(join(directory, file))) return true;
  if (!isHierarchyTop(directory, version)) return false;
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
function timeKeeping({ cpus, cpuShares, cpusetCpus }: Resources, parents: Parents): Settled[] {
  const parent = (cpus ?? cpuShares ?? cpusetCpus) === undefined ? undefined : parents.inV1('cpuacct');
  return parent && !('reason' in parent) ? [{ parent, files: [] }] : [];
}

/** Every cgroup of v2 can be frozen. Where v1 has a freezer, that is taken, and the other one is for root inside to divide. */
function ofItsOwn(parents: Parents): (Settled | NoParent)[] {
  const v1 = parents.inV1('freezer');
  const v2 = parents.inV2('freezer');
  const wanted = v1 && 'reason' in v2 ? [v1] : [...(v1 ? [v1] : []), v2];
  return wanted.map((parent) => ('reason' in parent ? parent : { parent, files: [] }));
}

/** Controllers can share a hierarchy, as cpu and cpuacct do, or all of v2's. */
function mergedByDirectory(settled: readonly Settled[], name: string): PlannedGroup[] {
  return grouped(settled, ({ parent }) => parent.directory).map(({ key: parent, first, members }) => {
    const { version, leaf } = first.parent;
    const enable = first.parent.enable.filter((enabled) => members.some(({ parent }) => parent.controller === enabled));
    const files = members.flatMap((member) => member.files);
    const directory = join(parent, name);
    const calls = members.flatMap((member) => member.calls?.(directory) ?? []);
    return { version, parent, directory, enable, ...(leaf && enable.length > 0 && { leaf }), files, calls };
  });
}

function mergedByReason(refused: readonly NoParent[]): string[] {
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
