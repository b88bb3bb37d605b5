// Fails: the host name of the first container: expected
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { openat, write } from '#src/syscalls/files.ts';
import { CLONE_NEWUTS, O_RDONLY } from '#src/syscalls/flags.ts';
import { sethostname, setns } from '#src/syscalls/namespaces.ts';

interface Given {
  /** What the second container is called. */
  readonly secondName: string;
  /** What the second container becomes. */
  readonly second: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  // So that it is always the second name that stays.
  const named = await openCheckpoint(lab);
  const first = await lab.clone(
    [sethostname(lab.settings.hostname), write(named.writeEnd, '.'), ...lab.program],
    CLONE_NEWUTS,
  );
  const namespace = openat(`/proc/${first.pid}/ns/uts`, O_RDONLY);
  const second = await lab.clone(
    [...waitFor(named), namespace, setns(namespace, CLONE_NEWUTS), sethostname(given.secondName), ...given.second],
    0,
  );
  const [end] = await Promise.all([lab.wait(first), lab.wait(second)]);
  return end;
}
