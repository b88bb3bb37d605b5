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
  // TODO: a cgroup in which there are never more than given.most processes.
  const container = await lab.clone([...lab.program], CLONE_NEWPID);
  return lab.wait(container);
}
