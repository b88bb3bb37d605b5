/**
 * Step 12: root inside, with less power.
 *
 * New here: what root inside may still do. Most capabilities are given up for
 * good, no program gives new ones, a filter stands before the system calls,
 * parts of /proc and /sys are hidden or read-only, and of the devices only those
 * can be opened that the container is to have.
 *
 * See capabilities(7), prctl(2), seccomp(2), bpf(2); in the kernel's
 * documentation admin-guide/cgroup-v1/devices.rst and admin-guide/cgroup-v2.rst.
 */
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import type { Call } from '../syscalls/call.ts';
import { release } from './02-ipc.ts';
import { makeGroup, reportGroup } from './07-cgroups.ts';
import { NAMESPACES } from './08-chroot.ts';
import {
  arrange,
  has as before,
  type Prepared as Connected,
  inside as insideNetwork,
  prepare as prepareNetwork,
} from './11-bridge.ts';
import { addDevices, deviceRules } from './12-devices.ts';
import { filterOf } from './12-filter.ts';
import { hidePaths, mountSys } from './12-paths.ts';
import { giveUpRights } from './12-rights.ts';

export const title = 'confine: root inside, with less power';
export const has: readonly Feature[] = [...before, 'confinement'];

/** What a container needs before there is one. */
export interface Prepared extends Connected {
  /** Puts a filter before the system calls, or nothing. */
  readonly filtering: readonly Call[];
}

/** The parent's part before the clone; a later step can make another cgroup. */
export async function prepare(lab: Lab, make = makeGroup): Promise<Prepared> {
  const { resources, devices, rights } = lab.settings;
  const filtering = filterOf(rights);
  return { ...(await prepareNetwork(lab, { ...resources, devices: deviceRules(devices) }, make)), filtering };
}

// #region child
/** The child's part: all that steps 1 to 11 have taught, and besides a /sys and the host's devices. */
export function inside(lab: Lab, prepared: Prepared): Call[] {
  return insideNetwork(lab, prepared, [...mountSys('sys'), ...addDevices(lab.settings.devices)]);
}

/** The last before the program: what needs more rights comes before it. */
export function confine(lab: Lab, { filtering }: Prepared): Call[] {
  return [...(lab.settings.rights.hidesPaths ? hidePaths() : []), ...giveUpRights(lab.settings, filtering)];
}
// #endregion child

export { arrange };

export async function run(lab: Lab): Promise<End> {
  const prepared = await prepare(lab);
  const container = await lab.clone([...inside(lab, prepared), ...confine(lab, prepared), ...lab.program], NAMESPACES, {
    directory: prepared.root.layers.stage,
  });
  await arrange(lab, container.pid, prepared);
  await release(lab, prepared.checkpoint);
  const end = await lab.wait(container);
  await reportGroup(lab, prepared.group);
  return end;
}
