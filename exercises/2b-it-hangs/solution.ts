import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint } from '#src/steps/02-ipc.ts';
import { atLeast, type Call } from '#src/syscalls/call.ts';
import { close, read, write } from '#src/syscalls/files.ts';
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
    // The child's own copy of the write end goes first, or it would wait for itself.
    [close(writeEnd), waitForParent(readEnd), sethostname(lab.settings.hostname), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWIPC,
  );
  await lab.wait(await lab.clone(given.helper, 0));
  await lab.perform([close(readEnd), write(writeEnd, '.'), close(writeEnd)]);
  return lab.wait(container);
}

/** Comes back when the parent has written its byte; a pipe that ends without one is a failure. */
function waitForParent(readEnd: number): Call {
  const byte = { size: 1, text: (bytes: Buffer) => quoted(bytes.toString('latin1')) };
  return atLeast(1, 'The parent ended before it let the child go.', read(readEnd, byte));
}
