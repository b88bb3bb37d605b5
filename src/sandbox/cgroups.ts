/**
 * The cgroups that limit a sandbox.
 *
 * The limits are set on a cgroup that belongs to real root. The program lives in
 * one below. It may divide that one, as step 7's exercises ask: what root inside
 * makes there can never exceed the one above. Beside it is one for the process
 * that ends the sandbox, where nothing that the program does can slow it down.
 */
import { chownSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { planControlGroup } from '../cgroups/control-group.ts';
import { type CgroupMount, mountsOf } from '../cgroups/mounts.ts';
import type { Lab } from '../lab/lab.ts';
import { eachBelow } from '../leftovers/cgroups.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { readWords } from '../proc/cgroup-files.ts';
import type { Resources } from '../settings/resources.ts';

export interface SandboxCgroups {
  readonly mounts: readonly CgroupMount[];
  /** The sandbox's own cgroups, one per hierarchy. */
  readonly directories: readonly string[];
  /** What cannot be limited here, a line per reason. */
  readonly missing: readonly string[];
  /** Puts the program's process in. */
  join(pid: number): void;
  /** Puts the process in that ends the sandbox. */
  joinKeeper(pid: number): void;
  /** Takes back what keeps processes from coming to their end: quotas that the program has set, and standstill. */
  lift(): void;
}

/** What a sandbox may use. */
export const LIMITS = { memory: 512 * 2 ** 20, pids: 256, cpus: 1 } satisfies Resources;
const INNER = 'sandbox';
const KEEPER = 'keeper';
/** cgroup v1 and v2: what lifts a quota, and what lets go on. */
const LIFTED: Readonly<Record<string, string>> = {
  'cgroup.freeze': '0',
  'freezer.state': 'THAWED',
  'cpu.max': 'max',
  'cpu.cfs_quota_us': '-1',
};
/** Cgroups in one below another that a program can make in v2. */
const MOST = { 'cgroup.max.descendants': '64', 'cgroup.max.depth': '8' };
/** What root of the sandbox has to write in order to make cgroups below its own: cgroups(7), Delegation. */
const DELEGATED = ['cgroup.procs', 'cgroup.threads', 'cgroup.subtree_control', 'tasks'];
/** A v1 cpuset takes no process before these are set. */
const CPUSET = ['cpuset.cpus', 'cpuset.mems'];

/** What no cgroup would limit in a sandbox of this user, and whether one would be of version 2. Nothing is made. */
export function whatCgroupsOffer(): { readonly unlimited: readonly string[]; readonly hasVersion2: boolean } {
  const { missing, directories } = planControlGroup(LIMITS, newOwnerName(), {}, { always: true });
  return { unlimited: missing, hasVersion2: directories.map(dirname).some(isVersion2) };
}

/** Whether a directory is a cgroup of version 2. */
export function isVersion2(directory: string): boolean {
  return existsSync(join(directory, 'cgroup.subtree_control'));
}

/** Makes the cgroups of a sandbox whose root is `owner` outside. They are removed when `lab` ends. */
export async function makeCgroups(lab: Lab, owner: number): Promise<SandboxCgroups> {
  const group = planControlGroup(LIMITS, lab.owner, {}, { always: true });
  for (const leftover of group.leftovers) lab.leaves(leftover);
  await lab.perform(group.create);
  const inner = group.directories.map((directory) => delegate(directory, owner));
  const keepers = group.directories.map((directory) => makeBelow(directory, KEEPER));
  return {
    mounts: mountsOf(group.directories),
    directories: inner,
    missing: group.missing,
    join: (pid) => enter(inner, pid),
    joinKeeper: (pid) => enter(keepers, pid),
    lift: () => inner.forEach(liftBelow),
  };
}

function enter(directories: readonly string[], pid: number): void {
  for (const directory of directories) writeFileSync(join(directory, 'cgroup.procs'), String(pid));
}

function liftBelow(directory: string): void {
  eachBelow(directory, (path) => {
    for (const [file, text] of Object.entries(LIFTED)) {
      try {
        if (existsSync(`${path}/${file}`)) writeFileSync(`${path}/${file}`, text);
      } catch {
        // It has gone, or is limited by one above that comes next.
      }
    }
  });
}

function delegate(directory: string, owner: number): string {
  const controllers = readWords(directory, 'cgroup.controllers').map((controller) => `+${controller}`);
  if (controllers.length > 0) writeFileSync(join(directory, 'cgroup.subtree_control'), controllers.join(' '));
  const inner = makeBelow(directory, INNER);
  for (const [file, most] of Object.entries(MOST)) {
    if (existsSync(join(inner, file))) writeFileSync(join(inner, file), most);
  }
  chownSync(inner, owner, owner);
  for (const file of DELEGATED.map((name) => join(inner, name)).filter(existsSync)) chownSync(file, owner, owner);
  return inner;
}

function makeBelow(directory: string, name: string): string {
  const made = join(directory, name);
  mkdirSync(made);
  for (const file of CPUSET.filter((setting) => existsSync(join(directory, setting)))) {
    const text = readFileSync(join(directory, file), 'utf8').trim();
    if (text) writeFileSync(join(made, file), text);
  }
  return made;
}
