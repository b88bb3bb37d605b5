import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { makeVeth, setUpNetwork, type Veth } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWNET } from '#src/syscalls/flags.ts';
import { moveLink, request } from '#src/syscalls/netlink.ts';

interface Given {
  /** What the other container becomes. */
  readonly neighbour: readonly Call[];
  readonly addresses: { readonly program: string; readonly neighbour: string };
  /** For both ends. */
  readonly netmask: string;
}

export async function run(lab: Lab, { neighbour, addresses, netmask }: Given): Promise<End> {
  const veth = await makeVeth(lab);
  if (!veth) throw new Error('There is no cable.');
  const first = await startAtCable(lab, veth, veth.index, addresses.program, netmask, lab.program);
  const second = await startAtCable(lab, veth, veth.peerIndex, addresses.neighbour, netmask, neighbour);
  await second.release();
  await first.release();
  return lab.wait(first.container);
}

/** A container that waits, with one end of the cable. */
async function startAtCable(
  lab: Lab,
  veth: Veth,
  index: number,
  inside: string,
  netmask: string,
  program: readonly Call[],
) {
  const checkpoint = await openCheckpoint(lab);
  const end = { ...veth, block: { ...veth.block, inside, netmask } };
  const container = await lab.clone([...waitFor(checkpoint), ...setUpNetwork(end), ...program], CLONE_NEWNET);
  await lab.perform(request(moveLink(index, container.pid, 'eth0')));
  return { container, release: () => release(lab, checkpoint) };
}
