import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { read } from '#src/syscalls/files.ts';
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
  const go = await openCheckpoint(lab);
  const container = await lab.clone([prepare(given.length), ...waitFor(go), ...lab.program], CLONE_NEWIPC);
  // TODO: the helper must not start before the child has said that it is prepared.
  await lab.wait(await lab.clone(given.helper, 0));
  await release(lab, go);
  return lab.wait(container);
}

/** The child's preparations. */
function prepare(length: number): Call {
  return read(STDIN, { size: length, text: (bytes) => quoted(bytes.toString('latin1')) });
}
