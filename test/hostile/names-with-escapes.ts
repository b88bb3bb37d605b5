/** Gives links names that hold escapes and quotes, which break whoever prints or parses them. */
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWNET } from '#src/syscalls/flags.ts';
import { addVeth, request } from '#src/syscalls/netlink.ts';

export async function run(lab: Lab, { neighbour }: { neighbour: readonly Call[] }): Promise<{ status: number }> {
  const [first, second] = [await startWaiting(lab, lab.program), await startWaiting(lab, neighbour)];
  const [one, other] = ['\u001b[2J"\\u', '\u001b]0;\u0007"}'];
  await lab.perform(request(addVeth({ name: one, pid: first.pid }, { name: other, pid: second.pid })));
  await second.release();
  await first.release();
  await lab.wait(first);
  return { status: 0 };
}

async function startWaiting(lab: Lab, program: readonly Call[]) {
  const checkpoint = await openCheckpoint(lab);
  const child = await lab.clone([...waitFor(checkpoint), ...setUpNetwork(undefined), ...program], CLONE_NEWNET);
  return Object.assign(child, { release: () => release(lab, checkpoint) });
}
