// Fails: the host name of the
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';
import { openat } from '#src/syscalls/files.ts';
import { CLONE_NEWUTS, O_RDONLY } from '#src/syscalls/flags.ts';
import { sethostname, setns } from '#src/syscalls/namespaces.ts';

interface Given {
  /** What the second container is called. */
  readonly secondName: string;
  /** What the second container becomes. */
  readonly second: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const first = await lab.clone([sethostname(lab.settings.hostname), ...lab.program], CLONE_NEWUTS);
  const namespace = openat(`/proc/${first.pid}/ns/uts`, O_RDONLY);
  const second = await lab.clone(
    [namespace, setns(namespace, CLONE_NEWUTS), sethostname(given.secondName), ...given.second],
    0,
  );
  const [end] = await Promise.all([lab.wait(first), lab.wait(second)]);
  return end;
}
