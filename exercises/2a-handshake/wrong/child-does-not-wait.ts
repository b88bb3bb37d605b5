// Fails: the program, while the helper runs: expected it does not run, observed
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close, read, write } from '#src/syscalls/files.ts';
import { CLONE_NEWIPC } from '#src/syscalls/flags.ts';
import { quoted } from '#src/syscalls/show.ts';

interface Given {
  /** How many bytes the child has to read from standard input. */
  readonly length: number;
  /** What the parent runs to its end between the child's word and its own. */
  readonly helper: readonly Call[];
}

const STDIN = 0;

export async function run(lab: Lab, given: Given): Promise<End> {
  const ready = await openCheckpoint(lab);
  const go = await openCheckpoint(lab);
  const container = await lab.clone(
    [close(ready.readEnd), prepare(given.length), write(ready.writeEnd, '.'), close(ready.writeEnd), ...lab.program],
    CLONE_NEWIPC,
  );
  // The same calls as the child's: this time it is the parent that waits.
  await lab.perform(waitFor(ready));
  await lab.wait(await lab.clone(given.helper, 0));
  await release(lab, go);
  return lab.wait(container);
}

/** The child's preparations. */
function prepare(length: number): Call {
  return read(STDIN, { size: length, text: (bytes) => quoted(bytes.toString('latin1')) });
}
