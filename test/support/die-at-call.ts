/**
 * Runs step 8 in a process that kills itself right after the parent's call
 * number N: `die-at-call.ts N`. Without N, prints the names of those calls.
 */
import { ensureImage } from '../../rootfs-builder/images.ts';
import { newOwnerName, OWNER_VARIABLE } from '../../src/leftovers/owner.ts';
import { runStep } from '../../src/run/run-step.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { steps } from '../../src/steps/index.ts';
import { execve } from '../../src/syscalls/processes.ts';
import { parentCalls } from './parent-calls.ts';

const last = Number(process.argv[2] ?? -1);
const names: string[] = [];

const observer = parentCalls((when, index, name) => {
  if (when === 'before') return;
  names[index] = name;
  if (index === last) process.kill(process.pid, 'SIGKILL');
});

const step = steps[8];
if (!step) throw new Error('no step 8');
const owner = newOwnerName();
await runStep({
  step,
  owner,
  settings: { ...DEFAULTS, root: { path: await ensureImage('host') }, resources: { pids: 100 } },
  program: [execve('/bin/sleep', ['sleep', last < 0 ? '0' : '1000'], [`${OWNER_VARIABLE}=${owner}`])],
  observer,
});
console.log(names.join(' '));
