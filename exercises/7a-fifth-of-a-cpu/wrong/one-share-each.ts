// Fails: the neighbour's cgroup: expected the program's, observed one of its own
import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { newOwnerName } from '#src/leftovers/owner.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';

interface Given {
  /** What the other container becomes. */
  readonly neighbour: readonly Call[];
  /** Of one CPU, for both together. */
  readonly percent: number;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const start = async (program: readonly Call[]) => {
    const group = planControlGroup({ cpus: given.percent / 200 }, newOwnerName());
    lab.onEnd(() => group.remove());
    await lab.perform(group.create);
    const checkpoint = await openCheckpoint(lab);
    const container = await lab.clone([...waitFor(checkpoint), ...program], CLONE_NEWPID);
    await lab.perform(group.join(container.pid));
    await release(lab, checkpoint);
    return container;
  };
  await start(given.neighbour);
  return lab.wait(await start(lab.program));
}
