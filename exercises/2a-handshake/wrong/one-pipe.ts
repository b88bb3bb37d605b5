// Fails: the child, once it is prepared, with its parent stopped: expected it sleeps at a pipe, observed
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { openat, read, write } from '#src/syscalls/files.ts';
import { CLONE_NEWIPC, O_WRONLY } from '#src/syscalls/flags.ts';

const STDIN = 0;
const text = () => '…';

/** Both directions through one pipe: the child is sure to be the first who reads its own byte. */
export async function run(lab: Lab, given: { length: number; helper: Call[] }): Promise<End> {
  const pipe = await openCheckpoint(lab);
  const container = await lab.clone(
    [read(STDIN, { size: given.length, text }), write(pipe.writeEnd, '.'), ...waitFor(pipe), ...lab.program],
    CLONE_NEWIPC,
  );
  await lab.perform(waitFor(pipe));
  await lab.wait(await lab.clone(given.helper, 0));
  const [writeEnd = -1] = (await lab.perform([openat(`/proc/self/fd/${pipe.readEnd}`, O_WRONLY)])).results;
  await release(lab, { ...pipe, writeEnd });
  return lab.wait(container);
}
