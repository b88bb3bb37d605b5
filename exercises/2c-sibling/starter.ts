import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWIPC } from '#src/syscalls/flags.ts';

interface Given {
  /** What the second container becomes. */
  readonly sibling: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const container = await lab.clone(lab.program, CLONE_NEWIPC);
  // TODO: the sibling must be in the same IPC namespace as the container.
  const sibling = await lab.clone(given.sibling, CLONE_NEWIPC);
  const [end] = await Promise.all([lab.wait(container), lab.wait(sibling)]);
  return end;
}
