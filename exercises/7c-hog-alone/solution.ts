import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { newOwnerName } from '#src/leftovers/owner.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';

interface Given {
  /** What the other container becomes. */
  readonly hog: readonly Call[];
  /** How much memory each may use. */
  readonly bytes: { readonly program: number; readonly hog: number };
}

export async function run(lab: Lab, { hog, bytes }: Given): Promise<End> {
  const program = await startLimited(lab, lab.program, bytes.program);
  await startLimited(lab, hog, bytes.hog);
  return lab.wait(program);
}

/** A container in a cgroup of its own. */
async function startLimited(lab: Lab, program: readonly Call[], memory: number) {
  const group = planControlGroup({ memory }, newOwnerName());
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone([...waitFor(checkpoint), ...program], CLONE_NEWPID);
  await lab.perform(group.join(container.pid));
  await release(lab, checkpoint);
  return container;
}
