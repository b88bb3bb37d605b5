/**
 * Step 13: what still looks like the host.
 *
 * New here: the container's cgroup is the top of what it sees of cgroups, and
 * in v2 root inside may divide it. Its clocks begin anew. And since there is a
 * cgroup in any case, the container can be made to stand still, and to go on.
 *
 * See cgroup_namespaces(7), time_namespaces(7); in the kernel's documentation
 * cgroup-v1/freezer-subsystem.rst and cgroup-v2.rst (cgroup.freeze, Delegation).
 */
import type { ControlGroup } from '../cgroups/control-group.ts';
import { type CgroupMount, mountsOf } from '../cgroups/mounts.ts';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import { beginAnew } from '../proc/clocks.ts';
import type { Feature } from '../settings/features.ts';
import type { Call } from '../syscalls/call.ts';
import { close, ensureDirectory, mkdir, openat, writeFile } from '../syscalls/files.ts';
import { CLONE_NEWCGROUP, CLONE_NEWTIME, MS_NODEV, MS_NOEXEC, MS_NOSUID, O_RDONLY } from '../syscalls/flags.ts';
import { mount } from '../syscalls/mounts.ts';
import { setns, unshare } from '../syscalls/namespaces.ts';
import { release } from './02-ipc.ts';
import { reportGroup } from './07-cgroups.ts';
import { NAMESPACES } from './08-chroot.ts';
import { arrange, has as before, confine, inside, prepare } from './12-confine.ts';
import { enterScope, makeOwnGroup } from './13-group.ts';

export const title = 'views: cgroups, clocks, and standing still';
export const has: readonly Feature[] = [...before, 'cgroup', 'time', 'views'];

// #region time
/**
 * A time namespace whose clocks begin anew. A new one is for the children only,
 * and takes its offsets until there is one. Process 1 is to be in it itself, so
 * it joins what its children would get. The kernel then puts another page with
 * the clocks into its memory, which it must share with nobody.
 */
export function enterTime(): Call[] {
  const namespace = openat('/proc/self/ns/time_for_children', O_RDONLY);
  return [
    unshare(CLONE_NEWTIME),
    ...writeFile('/proc/self/timens_offsets', beginAnew()),
    namespace,
    setns(namespace, CLONE_NEWTIME),
    close(namespace),
  ];
}
// #endregion time

// #region cgroup
const FLAGS = MS_NOSUID | MS_NODEV | MS_NOEXEC;

/** The cgroup that the process is in now becomes the top of all that it sees of cgroups. */
export function enterCgroup(mounts: readonly CgroupMount[]): Call[] {
  return [unshare(CLONE_NEWCGROUP), ...mountCgroups(mounts)];
}

/** Mounted from within, a cgroup file system shows that top, and nothing above it. */
function mountCgroups(mounts: readonly CgroupMount[]): Call[] {
  if (mounts.length === 0) return [];
  const named = mounts.flatMap(({ name }) => (name ? [mkdir(placeOf(name))] : []));
  return [
    ensureDirectory('/sys/fs'),
    ensureDirectory('/sys/fs/cgroup'),
    ...(named.length > 0 ? [mount('tmpfs', '/sys/fs/cgroup', 'tmpfs', FLAGS, 'mode=755,size=64k'), ...named] : []),
    ...mounts.map(({ name, type, options }) => mount('cgroup', placeOf(name), type, FLAGS, options)),
  ];
}

function placeOf(name: string): string {
  return name === '' ? '/sys/fs/cgroup' : `/sys/fs/cgroup/${name}`;
}
// #endregion cgroup

async function tellOfPause(lab: Lab, { directories }: ControlGroup): Promise<void> {
  if (directories.length === 0) return;
  await lab.tell(() => 'To let the container stand still, in a second terminal: npm run pause');
}

export async function run(lab: Lab): Promise<End> {
  const prepared = await prepare(lab, makeOwnGroup);
  // #region child
  const container = await lab.clone(
    [
      ...enterTime(),
      ...inside(lab, prepared),
      ...enterCgroup(mountsOf(prepared.group.directories)),
      ...confine(lab, prepared),
      ...lab.program,
    ],
    NAMESPACES,
    { directory: prepared.root.layers.stage, copy: true },
  );
  // #endregion child
  await arrange(lab, container.pid, prepared);
  await enterScope(lab, prepared.group, container.pid);
  await tellOfPause(lab, prepared.group);
  await release(lab, prepared.checkpoint);
  const end = await lab.wait(container);
  await reportGroup(lab, prepared.group);
  return end;
}
