/**
 * Step 2: IPC namespace, and a pipe as a checkpoint.
 *
 * New here: CLONE_NEWIPC hides the host's message queues, semaphores and shared
 * memory. And the child waits: from now on the parent has preparations to make
 * that need the child's number, so the child reads from a pipe until the parent
 * has written one byte.
 *
 * See ipc_namespaces(7), sysvipc(7), pipe(2).
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import { atLeast, type Call, type Out } from '../syscalls/call.ts';
import { close, pipe2, read, write } from '../syscalls/files.ts';
import { CLONE_NEWIPC, CLONE_NEWUTS } from '../syscalls/flags.ts';
import { sethostname } from '../syscalls/namespaces.ts';
import { quoted } from '../syscalls/show.ts';

export const title = 'IPC: no shared memory with the host, and a checkpoint';
export const has: readonly Feature[] = ['uts', 'ipc'];

export interface Checkpoint {
  readonly readEnd: number;
  readonly writeEnd: number;
}

// #region checkpoint
/** Opens the pipe at which a child will wait. */
export async function openCheckpoint(lab: Lab): Promise<Checkpoint> {
  const { outs } = await lab.perform([pipe2()]);
  const [ends] = [...outs.values()];
  return { readEnd: ends?.readInt32LE(0) ?? -1, writeEnd: ends?.readInt32LE(4) ?? -1 };
}

/** The child's part: waits for a byte, and ends if the parent is gone instead. */
export function waitFor({ readEnd, writeEnd }: Checkpoint): Call[] {
  return [
    // A pipe ends when nobody holds its write end any more. The child has a
    // copy of it: kept open, the child would wait for itself.
    close(writeEnd),
    atLeast(1, 'The parent ended before it let the child go.', read(readEnd, oneByte())),
  ];
}

/** The parent's part: its preparations are done. */
export async function release(lab: Lab, { readEnd, writeEnd }: Checkpoint): Promise<void> {
  await lab.perform([close(readEnd), write(writeEnd, '.'), close(writeEnd)]);
}
// #endregion checkpoint

function oneByte(): Out {
  return { size: 1, text: (bytes) => quoted(bytes.toString('latin1')) };
}

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  // #region child
  const container = await lab.clone(
    [...waitFor(checkpoint), sethostname(lab.settings.hostname), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWIPC,
  );
  // #endregion child
  await lab.tell(() => whereItWaits(container.pid));
  // Said beforehand: afterwards it would come in the middle of what the program prints.
  await lab.tell(() => 'The parent writes its byte now, and the child goes on.');
  await release(lab, checkpoint);
  return lab.wait(container);
}

/** What the kernel says of a sleeping process: its state, and the function it sleeps in. */
async function whereItWaits(pid: number): Promise<string> {
  for (let tries = 0; tries < 100; tries++) {
    const state = /^State:\s*(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? '';
    const place = readFileSync(`/proc/${pid}/wchan`, 'utf8');
    if (/^S/.test(state) && /pipe/.test(place)) {
      return `The child, process ${pid}, waits at the checkpoint: state ${state}, in the kernel's ${place}.`;
    }
    await sleep(1);
  }
  return `The child, process ${pid}, waits at the checkpoint.`;
}
