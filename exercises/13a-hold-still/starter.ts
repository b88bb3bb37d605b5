import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';

interface Given {
  /** What the other child becomes, which copies what the program works on. */
  readonly copy: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const group = planControlGroup({}, lab.owner, {}, { always: true });
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const checkpoint = await openCheckpoint(lab);
  const program = await lab.clone([...waitFor(checkpoint), ...lab.program], CLONE_NEWPID);
  await lab.perform(group.join(program.pid));
  await release(lab, checkpoint);
  // TODO: while the copy runs, the program must stand still.
  const copy = await lab.clone(given.copy, CLONE_NEWPID);
  await lab.wait(copy);
  return lab.wait(program);
}
