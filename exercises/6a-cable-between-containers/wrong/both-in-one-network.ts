// Fails: the neighbour's network: expected one of its own, observed the program's
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close, openat } from '#src/syscalls/files.ts';
import { CLONE_NEWNET, O_RDONLY } from '#src/syscalls/flags.ts';
import { setns } from '#src/syscalls/namespaces.ts';
import { interfaceAddress, interfaceNetmask, interfaceSocket } from '#src/syscalls/network.ts';

interface Given {
  readonly neighbour: readonly Call[];
  readonly addresses: { readonly program: string; readonly neighbour: string };
  readonly netmask: string;
}

export async function run(lab: Lab, { neighbour, addresses, netmask }: Given): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const socket = interfaceSocket();
  const program = await lab.clone(
    [
      ...waitFor(checkpoint),
      ...setUpNetwork(undefined),
      socket,
      interfaceAddress(socket, 'lo', addresses.program),
      interfaceNetmask(socket, 'lo', netmask),
      // A second address needs a name of its own.
      interfaceAddress(socket, 'lo:1', addresses.neighbour),
      interfaceNetmask(socket, 'lo:1', netmask),
      close(socket),
      ...lab.program,
    ],
    CLONE_NEWNET,
  );
  const network = openat(`/proc/${program.pid}/ns/net`, O_RDONLY);
  await lab.clone([network, setns(network, CLONE_NEWNET), ...neighbour], 0);
  await release(lab, checkpoint);
  return lab.wait(program);
}
