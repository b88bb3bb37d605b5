import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { chooseCable } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close } from '#src/syscalls/files.ts';
import { CLONE_NEWNET, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';
import { addVeth, request } from '#src/syscalls/netlink.ts';
import { interfaceAddress, interfaceNetmask, interfaceSocket, interfaceUp } from '#src/syscalls/network.ts';

interface Given {
  /** The address of the cable's end that stays. */
  readonly outside: string;
  /** The address of the end in the container. */
  readonly inside: string;
  /** For both. */
  readonly netmask: string;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const cable = await chooseCable(lab);
  if (!cable) throw new Error('There is no cable.');
  const container = await lab.clone(
    [...waitFor(checkpoint), sethostname(lab.settings.hostname), ...setUpInside(given), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWNET,
  );
  await lab.perform(request(addVeth({ name: cable.name }, { name: 'eth0', pid: container.pid })));
  await lab.perform(setUpOutside(cable.name, given));
  await release(lab, checkpoint);
  return lab.wait(container);
}

function setUpInside({ inside }: Given): Call[] {
  const socket = interfaceSocket();
  return [socket, interfaceAddress(socket, 'eth0', inside), interfaceUp(socket, 'eth0'), close(socket)];
}

function setUpOutside(name: string, { outside, netmask }: Given): Call[] {
  const socket = interfaceSocket();
  return [socket, interfaceAddress(socket, name, outside), interfaceNetmask(socket, name, netmask), close(socket)];
}
