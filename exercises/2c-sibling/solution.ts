import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';
import { openat } from '#src/syscalls/files.ts';
import { CLONE_NEWIPC, O_RDONLY } from '#src/syscalls/flags.ts';
import { setns } from '#src/syscalls/namespaces.ts';

interface Given {
  /** What the second container becomes. */
  readonly sibling: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const container = await lab.clone(lab.program, CLONE_NEWIPC);
  const namespace = openat(`/proc/${container.pid}/ns/ipc`, O_RDONLY);
  const sibling = await lab.clone([namespace, setns(namespace, CLONE_NEWIPC), ...given.sibling], 0);
  const [end] = await Promise.all([lab.wait(container), lab.wait(sibling)]);
  return end;
}
