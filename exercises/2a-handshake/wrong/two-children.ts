// Fails: the child, once it is prepared, with its parent stopped: expected it sleeps at a pipe, observed it has ended
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close, read, write } from '#src/syscalls/files.ts';
import { CLONE_NEWIPC } from '#src/syscalls/flags.ts';
import { exit } from '#src/syscalls/processes.ts';

const STDIN = 0;
const text = () => '…';

/** One child prepares, another becomes the program: nobody waits for a go. */
export async function run(lab: Lab, given: { length: number; helper: Call[] }): Promise<End> {
  const ready = await openCheckpoint(lab);
  await lab.clone(
    [close(ready.readEnd), read(STDIN, { size: given.length, text }), write(ready.writeEnd, '.'), exit(0)],
    CLONE_NEWIPC,
  );
  await lab.perform(waitFor(ready));
  await lab.wait(await lab.clone(given.helper, 0));
  return lab.wait(await lab.clone(lab.program, CLONE_NEWIPC));
}
