/**
 * Which directory of the v2 hierarchy a new cgroup can be made in.
 *
 * A cgroup has the controllers that its parent hands out in
 * cgroup.subtree_control. Our own cgroup usually hands out none, because it has
 * processes in it; one of those above it does. Source: cgroup-v2.rst, Controlling Controllers.
 */
import { dirname, join } from 'node:path';
import { processesIn, readSetting, readWords } from '../proc/cgroup-files.ts';
import type { Hierarchy } from './hierarchies.ts';
import { isHierarchyTop, type Machine } from './machine.ts';
import { type Leaf, leafFor } from './v2-leaf.ts';

export interface V2Parent {
  readonly directory: string;
  /** Those of the controllers asked for that a cgroup here will have. */
  readonly offered: readonly string[];
  /** Those that the parent does not hand out yet. */
  readonly enable: readonly string[];
  /** Where the parent's processes must go before it can hand out anything. */
  readonly leaf?: Leaf;
}

/**
 * The best of our own cgroup and those above it: the one that offers most of
 * the controllers asked for; among such, one that needs no change, then one
 * that needs no processes moved, then the nearest. Undefined if this user may
 * make a cgroup in none. Only these are looked at because moving a process takes
 * the right to write the cgroup.procs of what is above both its old and its new
 * cgroup (cgroup-v2.rst, Delegation Containment).
 */
export function findV2Parent(
  { own, mountPoint }: Hierarchy,
  wanted: readonly string[],
  name: string,
  machine: Machine,
): V2Parent | undefined {
  const found = upwards(own, mountPoint)
    .filter((directory) => isUsable(directory, machine))
    .map((directory) => parentAt(directory, wanted, directory === own ? name : undefined, machine));
  return found.sort((a, b) => b.offered.length - a.offered.length || effort(a) - effort(b))[0];
}

function parentAt(directory: string, wanted: readonly string[], name: string | undefined, machine: Machine): V2Parent {
  const available = readWords(directory, 'cgroup.controllers').filter((controller) => wanted.includes(controller));
  const handedOut = readWords(directory, 'cgroup.subtree_control');
  const enable = available.filter((controller) => !handedOut.includes(controller));
  const asIs = { directory, offered: available.filter((controller) => handedOut.includes(controller)), enable: [] };
  if (enable.length === 0 || !machine.canWrite(join(directory, 'cgroup.subtree_control'))) return asIs;
  if (isHierarchyTop(directory, 2) || processesIn(directory).length === 0)
    return { directory, offered: available, enable };
  const leaf = name === undefined ? undefined : leafFor(directory, name);
  return leaf ? { directory, offered: available, enable, leaf } : asIs;
}

function isUsable(directory: string, machine: Machine): boolean {
  // In a threaded subtree there can be no cgroup for a whole container.
  const type = readSetting(directory, 'cgroup.type') ?? 'domain';
  return type === 'domain' && machine.canWrite(directory) && machine.canWrite(join(directory, 'cgroup.procs'));
}

function effort({ enable, leaf }: V2Parent): number {
  if (leaf) return 2;
  return enable.length > 0 ? 1 : 0;
}

function upwards(from: string, top: string): string[] {
  return from === top || from === '/' ? [from] : [from, ...upwards(dirname(from), top)];
}
