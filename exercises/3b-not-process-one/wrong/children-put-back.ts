// Fails: the parent's namespace for its children: expected the parent's own, observed the parent's own again
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { openat } from '#src/syscalls/files.ts';
import { CLONE_NEWPID, CLONE_NEWUTS, O_RDONLY } from '#src/syscalls/flags.ts';
import { sethostname, setns, unshare } from '#src/syscalls/namespaces.ts';

/** All children of the parent are for another namespace, until nobody is to see that any more. */
export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const { results } = await lab.perform([openat('/proc/self/ns/pid', O_RDONLY), unshare(CLONE_NEWPID)]);
  const container = await lab.clone(
    [...waitFor(checkpoint), sethostname(lab.settings.hostname), ...lab.program],
    CLONE_NEWUTS,
  );
  await lab.perform([setns(results[0] ?? -1, CLONE_NEWPID)]);
  await release(lab, checkpoint);
  return lab.wait(container);
}
