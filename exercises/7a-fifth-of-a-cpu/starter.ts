import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
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
  const checkpoint = await openCheckpoint(lab);
  const program = await lab.clone([...waitFor(checkpoint), ...lab.program], CLONE_NEWPID);
  // TODO: a cgroup with a quota, and both containers in it before they run.
  await release(lab, checkpoint);
  await lab.clone([...given.neighbour], CLONE_NEWPID);
  return lab.wait(program);
}
