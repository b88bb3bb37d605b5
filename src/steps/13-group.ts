/** The cgroup of a container that has one in any case: made by the kit itself, or by systemd. */
import { type ControlGroup, planControlGroup } from '../cgroups/control-group.ts';
import { planScope } from '../cgroups/scope.ts';
import type { Lab } from '../lab/lab.ts';
import { rootOutside } from '../settings/users.ts';
import { createGroup } from './07-cgroups.ts';

// #region own
/** Makes a cgroup that can be frozen, also without limits; in v2 root inside may divide it. */
export async function makeOwnGroup(lab: Lab, resources = lab.settings.resources): Promise<ControlGroup> {
  const { cgroup, users } = lab.settings;
  const divider = lab.rootless ? undefined : rootOutside(users);
  if (cgroup.driver === 'systemd') return createGroup(lab, planScope(resources, lab.owner, divider));
  return createGroup(lab, planControlGroup(resources, lab.owner, {}, { always: true, divider }));
}

/** Where systemd is to make the cgroup, it makes it around a process: the waiting child. */
export async function enterScope(lab: Lab, { scope }: ControlGroup, pid: number): Promise<void> {
  if (!scope) return;
  const helper = await lab.clone(scope.ask(pid), 0, { helper: true });
  const end = await lab.wait(helper);
  if (!('status' in end) || end.status !== 0) throw new Error(scope.refused);
  await lab.perform(scope.afterwards);
}
// #endregion own
