// Fails: the sandbox's host name: expected sandbox, observed sandbox again
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';

interface Given {
  /** What the second container is called. */
  readonly secondName: string;
  /** What the second container becomes. */
  readonly second: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const first = await startNamed(lab, lab.settings.hostname, lab.program);
  const second = await startNamed(lab, given.secondName, given.second);
  const [end] = await Promise.all([lab.wait(first), lab.wait(second)]);
  return end;
}

/** The sandbox has the container's name until that has been copied. */
async function startNamed(lab: Lab, name: string, program: readonly Call[]) {
  const checkpoint = await openCheckpoint(lab);
  await lab.perform([sethostname(name)]);
  const container = await lab.clone([...waitFor(checkpoint), ...program], CLONE_NEWUTS);
  await lab.perform([sethostname('sandbox')]);
  await release(lab, checkpoint);
  return container;
}
