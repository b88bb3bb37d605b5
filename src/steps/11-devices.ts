/** Interfaces of this machine that are a container's for a while: gone out here, there inside, back afterwards. */
import { UsageError } from '../command-line/usage-error.ts';
import { closeAtEnd } from '../lab/close-at-end.ts';
import type { Lab } from '../lab/lab.ts';
import { type Call, tolerating } from '../syscalls/call.ts';
import { close, openat } from '../syscalls/files.ts';
import { CLONE_NEWNET, O_RDONLY } from '../syscalls/flags.ts';
import { setns } from '../syscalls/namespaces.ts';
import { moveLink, request } from '../syscalls/netlink.ts';
import { indexIn, interfaceIndex, interfaceSocket } from '../syscalls/network.ts';
import { exit } from '../syscalls/processes.ts';
import { setUp } from './06-net.ts';

export interface Device {
  readonly name: string;
  readonly index: number;
}

/** Finds the interfaces that are to be moved in. @throws UsageError for one that is not here */
export async function findDevices(lab: Lab): Promise<Device[]> {
  const found: Device[] = [];
  for (const name of lab.settings.network.devices) {
    const socket = interfaceSocket();
    const index = indexIn(
      await lab.perform([socket, tolerating('ENODEV', interfaceIndex(socket, name)), close(socket)]),
    );
    if (index === 0) throw new UsageError(`--device-net: there is no interface ${name} here. See: ip link.`);
    found.push({ name, index });
  }
  return found;
}

// #region move
/**
 * Moves interfaces to where the child is, before there is any other but lo: so
 * they keep their numbers. A network ends with its last process, and what of it
 * was made by somebody would end with it; so we hold it open until all are back.
 */
export async function moveDevices(lab: Lab, pid: number, devices: readonly Device[]): Promise<void> {
  if (devices.length === 0) return;
  const [network = -1] = (await lab.perform([openat(`/proc/${pid}/ns/net`, O_RDONLY)])).results;
  closeAtEnd(lab, network);
  for (const { name, index } of devices) {
    lab.onEnd(() => bringBack(lab, network, { name, index }));
    await lab.perform(request(moveLink(index, { name, pid })));
    await lab.tell(() => `${name} is the container’s alone now, until it ends.`);
  }
}

/** By its number, for root inside may have given it another name. It may have gone already. */
async function bringBack(lab: Lab, network: number, { name, index }: Device): Promise<void> {
  const back = request(moveLink(index, { name, pid: process.pid })).map((call) =>
    call.verdict ? tolerating('ENODEV', call) : call,
  );
  const helper = await lab.clone([setns(network, CLONE_NEWNET), ...back, exit(0)], 0, { helper: true });
  await lab.wait(helper);
}
// #endregion move

/** The child's part: switches them on. */
export function switchOn(devices: readonly Device[]): Call[] {
  return devices.flatMap(({ name }) => setUp(name));
}
