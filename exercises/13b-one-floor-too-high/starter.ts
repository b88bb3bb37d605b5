import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { makePrivate } from '#src/steps/04-mount.ts';
import type { Call } from '#src/syscalls/call.ts';
import { mkdir, writeFile } from '#src/syscalls/files.ts';
import { CLONE_NEWCGROUP, CLONE_NEWNS, CLONE_NEWPID } from '#src/syscalls/flags.ts';
import { mount } from '#src/syscalls/mounts.ts';
import { unshare } from '#src/syscalls/namespaces.ts';

interface Given {
  /** What the lower floor is called. */
  readonly name: string;
}

/** A floor of its own for the program: 0 stands for the process that writes. */
function divide(name: string): Call[] {
  return [
    ...makePrivate(),
    mkdir('/tmp/cgroup'),
    mount('cgroup', '/tmp/cgroup', 'cgroup2'),
    mkdir(`/tmp/cgroup/${name}`),
    ...writeFile(`/tmp/cgroup/${name}/cgroup.procs`, '0'),
  ];
}

export async function run(lab: Lab, { name }: Given): Promise<End> {
  const group = planControlGroup({}, lab.owner, {}, { always: true });
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone(
    [unshare(CLONE_NEWCGROUP), ...waitFor(checkpoint), ...divide(name), ...lab.program],
    CLONE_NEWPID | CLONE_NEWNS,
  );
  await lab.perform(group.join(container.pid));
  await release(lab, checkpoint);
  return lab.wait(container);
}
