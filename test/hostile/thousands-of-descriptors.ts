/** Does what 2a asks for, and has more descriptors open than can be looked at in time. */
import { closeSync, openSync } from 'node:fs';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close, read, write } from '#src/syscalls/files.ts';
import { CLONE_NEWIPC } from '#src/syscalls/flags.ts';

const MOST = 4000;
const SPARE = 100;

export async function run(lab: Lab, given: { length: number; helper: readonly Call[] }): Promise<End> {
  const opened: number[] = [];
  try {
    while (opened.length < MOST) opened.push(openSync('/dev/null', 'r'));
  } catch {
    // No more are to be had.
  }
  for (const fd of opened.splice(0, SPARE)) closeSync(fd);
  const ready = await openCheckpoint(lab);
  const go = await openCheckpoint(lab);
  const prepare = read(0, { size: given.length, text: String });
  const said = [write(ready.writeEnd, '.'), close(ready.writeEnd)];
  const container = await lab.clone(
    [close(ready.readEnd), prepare, ...said, ...waitFor(go), ...lab.program],
    CLONE_NEWIPC,
  );
  await lab.perform(waitFor(ready));
  await lab.wait(await lab.clone(given.helper, 0));
  await release(lab, go);
  return lab.wait(container);
}
