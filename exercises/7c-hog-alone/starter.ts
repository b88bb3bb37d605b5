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

export async function run(lab: Lab, given: Given): Promise<End> {
  // TODO: the hog should not be able to harm the program. Each needs a limit of its own.
  const group = planControlGroup({ memory: given.bytes.program + given.bytes.hog }, lab.owner);
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const checkpoint = await openCheckpoint(lab);
  const program = await lab.clone([...waitFor(checkpoint), ...lab.program], CLONE_NEWPID);
  await lab.perform(group.join(program.pid));
  await release(lab, checkpoint);
  const second = await openCheckpoint(lab);
  const hog = await lab.clone([...waitFor(second), ...given.hog], CLONE_NEWPID);
  await lab.perform(group.join(hog.pid));
  await release(lab, second);
  return lab.wait(program);
}
