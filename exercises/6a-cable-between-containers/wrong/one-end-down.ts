// Fails: the neighbour's end of the cable: expected up, observed down
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close } from '#src/syscalls/files.ts';
import { CLONE_NEWNET } from '#src/syscalls/flags.ts';
import { addVeth, request } from '#src/syscalls/netlink.ts';
import { interfaceAddress, interfaceNetmask, interfaceSocket } from '#src/syscalls/network.ts';

interface Given {
  /** What the other container becomes. */
  readonly neighbour: readonly Call[];
  readonly addresses: { readonly program: string; readonly neighbour: string };
  /** For both ends. */
  readonly netmask: string;
}

export async function run(lab: Lab, { neighbour, addresses, netmask }: Given): Promise<End> {
  const first = await startWaiting(lab, setUpNetwork({ inside: addresses.program, netmask }), lab.program);
  const second = await startWaiting(lab, addressOnly(addresses.neighbour, netmask), neighbour);
  await lab.perform(request(addVeth({ name: 'eth0', pid: first.pid }, { name: 'eth0', pid: second.pid })));
  await second.release();
  await first.release();
  return lab.wait(first.container);
}

/** A container that waits for its end of the cable. */
async function startWaiting(lab: Lab, network: readonly Call[], program: readonly Call[]) {
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone([...waitFor(checkpoint), ...network, ...program], CLONE_NEWNET);
  return { container, pid: container.pid, release: () => release(lab, checkpoint) };
}

function addressOnly(address: string, netmask: string): Call[] {
  const socket = interfaceSocket();
  return [
    ...setUpNetwork(undefined),
    socket,
    interfaceAddress(socket, 'eth0', address),
    interfaceNetmask(socket, 'eth0', netmask),
    close(socket),
  ];
}
