/**
 * Step 3: PID namespace.
 *
 * New here: CLONE_NEWPID makes the child process 1 of a namespace of its own;
 * outside it keeps an ordinary number. When process 1 ends, the kernel ends
 * everything else in the namespace. `ps` still shows the host's processes,
 * because it reads /proc, and that is still the host's: step 4 mends it.
 *
 * See pid_namespaces(7).
 */
import { readFileSync } from 'node:fs';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import { CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWUTS } from '../syscalls/flags.ts';
import { sethostname } from '../syscalls/namespaces.ts';
import { openCheckpoint, release, waitFor } from './02-ipc.ts';

export const title = 'PID: process 1 of its own world';
export const has: readonly Feature[] = ['uts', 'ipc', 'pid'];

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  // #region child
  const container = await lab.clone(
    [...waitFor(checkpoint), sethostname(lab.settings.hostname), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID,
  );
  // #endregion child
  await lab.tell(() => bothNumbers(container.pid));
  await release(lab, checkpoint);
  return lab.wait(container);
}

// #region numbers
/** NSpid in /proc/PID/status: the number in each namespace, from the outside in. */
export function bothNumbers(pid: number): string {
  const numbers = /^NSpid:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
  const [outside, inside] = numbers.split(/\s+/).slice(-2);
  return `The child is process ${outside} out here, and process ${inside} inside.`;
}
// #endregion numbers
