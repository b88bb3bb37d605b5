/**
 * A run whose parent reads from a pipe that its child never writes:
 * `deaf-parent.ts CHILD` says `waiting`, and when it has ended, how often an
 * interval came meanwhile. Without a child (`no`), the parent waits alone.
 */
import { writeSync } from 'node:fs';
import type { Lab } from '../../src/lab/lab.ts';
import { newOwnerName } from '../../src/leftovers/owner.ts';
import { runStep } from '../../src/run/run-step.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { openCheckpoint } from '../../src/steps/02-ipc.ts';
import { read } from '../../src/syscalls/files.ts';
import { execve } from '../../src/syscalls/processes.ts';

const [child] = process.argv.slice(2);
const owner = newOwnerName();
let ticks = 0;
const interval = setInterval(() => {
  ticks += 1;
}, 10);

async function run(lab: Lab): Promise<never> {
  const { readEnd } = await openCheckpoint(lab);
  const cloned = child === 'no' ? undefined : await lab.clone(lab.program, 0);
  writeSync(1, `waiting ${cloned?.pid ?? 0}\n`);
  await lab.perform([read(readEnd, { size: 1, text: String })]);
  throw new Error('Nothing can come.');
}

const status = await runStep({
  step: { has: new Set(), run },
  settings: DEFAULTS,
  owner,
  program: [execve('/bin/sleep', ['sleep', '1000'], [`CONTAINER_LAB=${owner}`])],
});
clearInterval(interval);
writeSync(1, `ticks ${ticks}\n`);
process.exitCode = status;
