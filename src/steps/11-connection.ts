/** All that connects a container with others. */
import type { Lab } from '../lab/lab.ts';
import type { Call } from '../syscalls/call.ts';
import type { MountCalls } from './09-volumes.ts';
import { type Device, findDevices, moveDevices, switchOn } from './11-devices.ts';
import { attachToBridge, joinNetwork, openHosts, type Place, placeText, setUpPlace } from './11-network.ts';
import { type OpenPort, openWays, takePorts } from './11-ports.ts';

export interface Connection {
  readonly devices: readonly Device[];
  /** Undefined for a container that is not on the bridge. */
  readonly place: Place | undefined;
  readonly ports: readonly OpenPort[];
  /** The child's part in having the others' names. */
  readonly hosts: MountCalls;
}

/** The parent's part before the clone. */
export async function prepareConnection(lab: Lab): Promise<Connection> {
  const devices = await findDevices(lab);
  const place = await joinNetwork(lab);
  return { devices, place, ports: await takePorts(lab, place), hosts: await openHosts(lab, place) };
}

/** The child's part in its network. */
export function setUpConnection({ devices, place }: Connection): Call[] {
  return [...setUpPlace(place), ...switchOn(devices)];
}

/** The parent's part while the child waits. */
export async function connect(lab: Lab, pid: number, { devices, place, ports }: Connection): Promise<void> {
  await moveDevices(lab, pid, devices);
  if (!place) return;
  await attachToBridge(lab, pid, place);
  await openWays(lab, place, ports);
  await lab.tell(() => placeText(place));
}
