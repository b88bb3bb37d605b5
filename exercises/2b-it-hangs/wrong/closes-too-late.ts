// Fails: it has not begun: its process sleeps in read(2) at a pipe to which only the child can write
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close, read } from '#src/syscalls/files.ts';
import { CLONE_NEWIPC, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';
import { quoted } from '#src/syscalls/show.ts';

interface Given {
  /** What the parent runs to its end while the child waits. */
  readonly helper: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const { readEnd, writeEnd } = await openCheckpoint(lab);
  const container = await lab.clone(
    [waitForParent(readEnd), close(writeEnd), sethostname(lab.settings.hostname), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWIPC,
  );
  await lab.wait(await lab.clone(given.helper, 0));
  // All is prepared. The end of the pipe is the child's sign to go on.
  await lab.perform([close(readEnd), close(writeEnd)]);
  return lab.wait(container);
}

/** Comes back when the parent has closed the pipe. */
function waitForParent(readEnd: number): Call {
  return read(readEnd, { size: 1, text: (bytes) => quoted(bytes.toString('latin1')) });
}
