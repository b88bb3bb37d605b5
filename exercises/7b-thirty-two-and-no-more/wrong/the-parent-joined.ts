// Fails: the program's cgroup: expected one of its own, observed the sandbox's
import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';

interface Given {
  /** How many processes there may be in the container at once. */
  readonly most: number;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const group = planControlGroup({ pids: given.most }, lab.owner);
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone([...waitFor(checkpoint), ...lab.program], CLONE_NEWPID);
  await lab.perform(group.join(process.pid));
  await release(lab, checkpoint);
  return lab.wait(container);
}
