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
import { type Leaf, leafFor } from './leaf.ts';
import { isHierarchyTop, type Machine } from './machine.ts';

export interface Placement {
  readonly parent: string;
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
export function placeV2(
  { own, mountPoint }: Hierarchy,
  wanted: readonly string[],
  name: string,
  machine: Machine,
): Placement | undefined {
  const found = upwards(own, mountPoint)
    .filter((directory) => isUsable(directory, machine))
    .map((directory) => placementIn(directory, wanted, directory === own ? name : undefined, machine));
  return found.sort((a, b) => b.offered.length - a.offered.length || effort(a) - effort(b))[0];
}

function placementIn(parent: string, wanted: readonly string[], name: string | undefined, machine: Machine): Placement {
  const available = readWords(parent, 'cgroup.controllers').filter((controller) => wanted.includes(controller));
  const handedOut = readWords(parent, 'cgroup.subtree_control');
  const enable = available.filter((controller) => !handedOut.includes(controller));
  const asIs = { parent, offered: available.filter((controller) => handedOut.includes(controller)), enable: [] };
  if (enable.length === 0 || !machine.canWrite(join(parent, 'cgroup.subtree_control'))) return asIs;
  if (isHierarchyTop(parent, 2) || processesIn(parent).length === 0) return { parent, offered: available, enable };
  const leaf = name === undefined ? undefined : leafFor(parent, name);
  return leaf ? { parent, offered: available, enable, leaf } : asIs;
}

function isUsable(directory: string, machine: Machine): boolean {
  // In a threaded subtree there can be no cgroup for a whole container.
  const type = readSetting(directory, 'cgroup.type') ?? 'domain';
  return type === 'domain' && machine.canWrite(directory) && machine.canWrite(join(directory, 'cgroup.procs'));
}

function effort({ enable, leaf }: Placement): number {
  if (leaf) return 2;
  return enable.length > 0 ? 1 : 0;
}

function upwards(from: string, top: string): string[] {
  return from === top || from === '/' ? [from] : [from, ...upwards(dirname(from), top)];
}
