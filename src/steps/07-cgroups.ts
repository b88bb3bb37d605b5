/**
 * Step 7: control groups.
 *
 * New here: namespaces decide what a process sees, cgroups how much it gets.
 * The parent makes a cgroup, writes the limits into its files, and puts the
 * waiting child in, so that nothing of the program ever runs without them.
 * Afterwards the kernel's own counters tell what the limits did.
 *
 * See cgroups(7); in the kernel's documentation admin-guide/cgroup-v1 and
 * admin-guide/cgroup-v2.rst.
 */
import { readFileSync } from 'node:fs';
import { type ControlGroup, planControlGroup } from '../cgroups/control-group.ts';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import { allowedCpus } from '../proc/status.ts';
import type { Feature } from '../settings/features.ts';
import { cpuList, type Resources } from '../settings/resources.ts';
import type { Settings } from '../settings/settings.ts';
import {
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../syscalls/flags.ts';
import { sethostname } from '../syscalls/namespaces.ts';
import { openCheckpoint, release, waitFor } from './02-ipc.ts';
import { makePrivate, mountProc } from './04-mount.ts';
import { becomeRoot, mapIds } from './05-user.ts';
import { chooseCable, layCable, setUpNetwork } from './06-net.ts';

export const title = 'cgroups: limits, and counters that prove them';
export const has: readonly Feature[] = ['uts', 'ipc', 'pid', 'mnt', 'user', 'net', 'limits'];

/** The classic experiment: 512 MiB, and the first two CPUs. */
export function defaults(): Partial<Settings> {
  return { resources: { memory: 512 * 2 ** 20, cpusetCpus: cpuList(allowedCpus()).slice(0, 2).join(',') } };
}

/** What the shell begins with. */
export function opening(): string {
  return readFileSync(new URL('07-experiment.sh', import.meta.url), 'utf8');
}

// #region cgroup
/** Makes a cgroup for this run, with its limits, in each hierarchy that has a part in them. */
export async function makeGroup(lab: Lab, resources: Resources = lab.settings.resources): Promise<ControlGroup> {
  return createGroup(lab, planControlGroup(resources, lab.owner));
}

/** Makes a cgroup that is planned. */
export async function createGroup(lab: Lab, group: ControlGroup): Promise<ControlGroup> {
  for (const line of group.missing) await lab.tell(() => line);
  for (const leftover of group.leftovers) lab.leaves(leftover);
  await lab.perform(group.create);
  return group;
}

/** Puts a process in; what it starts later is in, too. */
export async function joinGroup(lab: Lab, group: ControlGroup, pid: number): Promise<void> {
  await lab.perform(group.join(pid));
}

/** What the kernel counted. */
export async function reportGroup(lab: Lab, group: ControlGroup): Promise<void> {
  for (const line of group.report()) await lab.tell(() => line);
}
// #endregion cgroup

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const cable = await chooseCable(lab);
  const group = await makeGroup(lab);
  // #region child
  const container = await lab.clone(
    [
      ...waitFor(checkpoint),
      ...becomeRoot(lab),
      sethostname(lab.settings.hostname),
      ...makePrivate(),
      ...mountProc(),
      ...setUpNetwork(cable),
      ...lab.program,
    ],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET,
  );
  // #endregion child
  await mapIds(lab, container.pid);
  await layCable(lab, container.pid, cable);
  await joinGroup(lab, group, container.pid);
  await release(lab, checkpoint);
  const end = await lab.wait(container);
  await reportGroup(lab, group);
  return end;
}
