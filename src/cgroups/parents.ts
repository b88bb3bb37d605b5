/** In which directory the cgroup for a controller can be made, or why in none. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readWords } from '../proc/cgroup-files.ts';
import { parseMemberships } from '../proc/memberships.ts';
import { findHierarchies, type Hierarchy } from './hierarchies.ts';
import { isHierarchyTop, type Machine } from './machine.ts';
import { findV2Parent, type V2Parent } from './v2-parent.ts';

/** Where a controller's cgroup goes. */
export interface Parent extends Omit<V2Parent, 'offered'> {
  readonly controller: string;
  readonly version: 1 | 2;
}

/** Why a controller cannot be used. */
export interface NoParent {
  readonly controller: string;
  readonly reason: string;
}

export class Parents {
  readonly #machine: Machine;
  readonly #hierarchies: readonly Hierarchy[];
  readonly #wanted: readonly string[];
  readonly #name: string;
  #v2Parent: V2Parent | undefined;

  /** `wanted`: the v2 controllers that one cgroup should have together. */
  constructor(wanted: readonly string[], name: string, machine: Machine) {
    this.#machine = machine;
    this.#hierarchies = findHierarchies(machine.mountinfo, machine.cgroup);
    this.#wanted = wanted;
    this.#name = name;
  }

  /** A controller is in one hierarchy at a time, of whichever version. */
  of(v1Name: string, { controller, isEverywhere }: { controller: string; isEverywhere?: boolean }): Parent | NoParent {
    return this.inV1(v1Name) ?? (isEverywhere ? this.#asProgram(controller) : this.#withV2Controller(controller));
  }

  /** Our own cgroup in the v1 hierarchy of a controller, or undefined if it is in none. */
  inV1(controller: string): Parent | NoParent | undefined {
    const { cgroup, canWrite } = this.#machine;
    const hierarchy = this.#hierarchies.find(
      ({ version, controllers }) => version === 1 && controllers.includes(controller),
    );
    if (!hierarchy) {
      const isV1 = parseMemberships(cgroup).some(({ controllers }) => controllers.includes(controller));
      return isV1 ? { controller, reason: 'its cgroup v1 hierarchy is not mounted here.' } : undefined;
    }
    const directory = existsSync(hierarchy.own) ? hierarchy.own : hierarchy.mountPoint;
    const isUsable = canWrite(directory) && canWrite(join(directory, 'cgroup.procs'));
    if (!isUsable) return { controller, reason: this.#notWritable(hierarchy, noDelegationV1) };
    return { controller, version: 1, directory, enable: [] };
  }

  /** For what every cgroup of v2 can, whichever controllers it has: `what` says that in a refusal. */
  inV2(what: string): Parent | NoParent {
    const unified = this.#unified();
    if (!unified) return { controller: what, reason: this.#hierarchies.length > 0 ? lacking(what) : noHierarchy };
    const parent = this.#findV2Parent(unified);
    if (!parent) return { controller: what, reason: this.#notWritable(unified, noDelegation) };
    const { offered, ...found } = parent;
    return { controller: what, version: 2, ...found };
  }

  #withV2Controller(controller: string): Parent | NoParent {
    const unified = this.#unified();
    if (!unified) return { controller, reason: this.#hierarchies.length > 0 ? lacking(controller) : noHierarchy };
    const { mountPoint, own } = unified;
    const isKnown = readWords(mountPoint, 'cgroup.controllers').includes(controller);
    if (!isKnown && isHierarchyTop(mountPoint, 2)) return { controller, reason: lacking(controller) };
    const parent = this.#findV2Parent(unified);
    if (!parent) return { controller, reason: this.#notWritable(unified, noDelegation) };
    const { offered, ...found } = parent;
    if (offered.includes(controller)) return { controller, version: 2, ...found };
    const isHere = readWords(own, 'cgroup.controllers').includes(controller);
    return { controller, reason: isHere ? occupied(own) : notHandedDown(own, this.#machine.rootless) };
  }

  /** For programs instead of files: any cgroup takes them, but not from anybody. */
  #asProgram(controller: string): Parent | NoParent {
    if (this.#unified() && !this.#machine.mayLoadPrograms) return { controller, reason: noPrograms };
    return this.inV2(controller);
  }

  #unified(): Hierarchy | undefined {
    return this.#hierarchies.find(({ version }) => version === 2);
  }

  /** Looked for late: with all controllers in v1 it is not needed. */
  #findV2Parent(unified: Hierarchy): V2Parent | undefined {
    this.#v2Parent ??= findV2Parent(unified, this.#wanted, this.#name, this.#machine);
    return this.#v2Parent;
  }

  #notWritable({ readOnly, mountPoint, own }: Hierarchy, advice: string): string {
    if (readOnly) return `${mountPoint} is mounted read-only, as in an unprivileged Docker container.`;
    return this.#machine.rootless ? advice : `the kernel does not let this process write in ${own}.`;
  }
}

const noHierarchy = 'no cgroup hierarchy is mounted here.';

function lacking(controller: string): string {
  return `this machine has no ${controller} controller: its kernel was built without, or booted with cgroup_disable=${controller}.`;
}

const noDelegation =
  'this user has no delegated cgroup. Get one with `systemd-run --user --scope -p Delegate=yes -- npm run step 7`, or run with sudo.';

const noDelegationV1 = 'this user has no delegated cgroup, and with cgroup v1 only root can give one. Run with sudo.';

/** Why the devices of a cgroup of v2 are not this user's to limit. */
export const noPrograms =
  'cgroup v2 limits them by a program that the kernel runs (bpf), and takes it from real root alone. Run with sudo.';

function notHandedDown(own: string, rootless: boolean): string {
  const advice =
    ' Run with sudo, or let root write `Delegate=cpu cpuset io memory pids` into user@.service of systemd.';
  return `this controller is not handed down to ${own}.${rootless ? advice : ''}`;
}

function occupied(own: string): string {
  return `${own} cannot hand out this controller while it has processes that are not this run's own.`;
}
