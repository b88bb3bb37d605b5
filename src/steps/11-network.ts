/** Joining the network of containers: its bridge, which the first one makes, and an address that nobody else has. */
import { readFileSync } from 'node:fs';
import { UsageError } from '../command-line/usage-error.ts';
import { attempt } from '../executor/perform.ts';
import { lookInside } from '../images/look-inside.ts';
import type { Lab } from '../lab/lab.ts';
import { uppersOf } from '../layers/store.ts';
import {
  BRIDGE,
  FORWARDING,
  hostsFile,
  leasedAddresses,
  leaseName,
  lockNetwork,
  namesOnNetwork,
  noteIn,
  noteText,
  takeIfFree,
  writeHosts,
} from '../leftovers/network.ts';
import {
  freeSubnet,
  gatewayOf,
  macOf,
  NETMASK,
  numberWithin,
  placesIn,
  type Subnet,
  subnetOf,
} from '../network/subnets.ts';
import { pathBelow } from '../proc/mountinfo.ts';
import { type Call, tolerating } from '../syscalls/call.ts';
import { close, writeFile } from '../syscalls/files.ts';
import { addBridge, addDefaultRoute, addVeth, askForLink, linkIn, request, setAlias } from '../syscalls/netlink.ts';
import { indexIn, interfaceIndex, interfaceSocket } from '../syscalls/network.ts';
import { setUp, setUpNetwork } from './06-net.ts';
import { attachVolume, copyTree, type MountCalls } from './09-volumes.ts';

/** A container's place on the network. */
export interface Place {
  /** The port of the bridge, which is the other end of its eth0. */
  readonly port: string;
  readonly bridge: number;
  readonly address: string;
  readonly mac: string;
  readonly gateway: string;
  readonly name: string | undefined;
}

/**
 * Takes a place on the network, and makes the network if there is none. What
 * several runs would do to it at once, they do one after the other. Undefined
 * without one: without root, or if none is wanted.
 */
export async function joinNetwork(lab: Lab): Promise<Place | undefined> {
  if (lab.settings.network.mode === 'none') return undefined;
  if (lab.rootless) {
    await lab.tell(() => 'Without root there is no bridge, for it would belong to the host: only lo is up.');
    return undefined;
  }
  lab.leaves({ kind: 'network', name: BRIDGE });
  const unlock = await lock(lab);
  const found = await findBridge(lab);
  const subnet = found?.subnet ?? chooseSubnet();
  const address = await takeAddress(lab, subnet);
  if (!found) await makeBridge(lab, subnet);
  const bridge = found?.index ?? (await findBridge(lab))?.index ?? 0;
  const name = await takeHostName(lab, address);
  await unlock();
  const mac = lab.settings.network.mac ?? macOf(address);
  return { port: portOf(address), bridge, address, mac, gateway: gatewayOf(subnet), name };
}

/** Gives the way to unlock; a run that fails meanwhile unlocks, too. */
async function lock(lab: Lab): Promise<() => Promise<void>> {
  const fd = await lockNetwork((list) => lab.perform(list));
  let isLocked = true;
  lab.onEnd(() => {
    if (isLocked) attempt(close(fd));
  });
  return async () => {
    await lab.perform([close(fd)]);
    isLocked = false;
  };
}

async function findBridge(lab: Lab): Promise<{ index: number; subnet: Subnet } | undefined> {
  const { calls, answer } = askForLink(BRIDGE);
  const bytes = (await lab.perform(calls)).outs.get(answer);
  const link = bytes && linkIn(bytes);
  if (!link) return undefined;
  const subnet = subnetOf(noteIn(link)?.subnet ?? '');
  if (!subnet)
    throw new UsageError(
      `There is an interface ${BRIDGE} that is not the kit’s bridge. Take it away: ip link delete ${BRIDGE}.`,
    );
  return { index: link.index, subnet };
}

function chooseSubnet(): Subnet {
  const subnet = freeSubnet(readFileSync('/proc/self/net/route', 'utf8'));
  if (!subnet) throw new Error('This machine has routes to all private networks, so there is no address for a bridge.');
  return subnet;
}

// #region bridge
/** Makes the bridge, with its own address on the network, and lets this machine pass on packets. */
async function makeBridge(lab: Lab, subnet: Subnet): Promise<void> {
  const gateway = gatewayOf(subnet);
  const forwarding = readFileSync(FORWARDING, 'utf8').trim();
  await lab.perform([
    ...request(addBridge(BRIDGE, macOf(gateway), noteText({ mark: lab.owner, subnet: subnet.text, forwarding }))),
    ...setUp(BRIDGE, gateway, NETMASK),
    ...(forwarding === '0' ? writeFile(FORWARDING, '1') : []),
  ]);
  await lab.tell(() => `The bridge ${BRIDGE} is ${gateway} out here: made, and gone with the last container.`);
  if (forwarding === '0') {
    await lab.tell(
      () => 'This machine passed on no packets (ip_forward was 0). Now it does, until the last container is gone.',
    );
  }
}
// #endregion bridge

// #region address
/**
 * Takes an address: a socket with its name, which the kernel gives only once. It
 * is free again when the socket is closed, also by a process that is killed.
 */
async function takeAddress(lab: Lab, subnet: Subnet): Promise<string> {
  const { ip } = lab.settings.network;
  const places = placesIn(subnet);
  if (ip !== undefined && !places.includes(ip)) {
    throw new UsageError(`--ip: ${ip} is not on the bridge. It has ${places[0]} to ${places.at(-1)}.`);
  }
  const taken = leasedAddresses();
  for (const address of ip === undefined ? places.filter((place) => !taken.has(place)) : [ip]) {
    const fd = await takeIfFree((list) => lab.perform(list), leaseName(address));
    if (fd === undefined) continue;
    lab.onEnd(() => void attempt(close(fd)));
    if (await isFree(lab, portOf(address))) return address;
  }
  if (ip === undefined) throw new Error(`All ${places.length} addresses of the bridge are taken.`);
  throw new UsageError(`--ip: another container has ${ip}. Take another address, or leave --ip out.`);
}
// #endregion address

function portOf(address: string): string {
  return `labp${numberWithin(address)}`;
}

/** The port of a container that has just ended can be there for some milliseconds. */
async function isFree(lab: Lab, port: string): Promise<boolean> {
  const socket = interfaceSocket();
  const index = tolerating('ENODEV', interfaceIndex(socket, port));
  return indexIn(await lab.perform([socket, index, close(socket)])) === 0;
}

/** A name that a line of /etc/hosts can have. Source: hosts(5). */
const HOST_NAME = /^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/;

/** Makes the container known to the others by its host name, if nobody else has it. */
async function takeHostName(lab: Lab, address: string): Promise<string | undefined> {
  const { hostname } = lab.settings;
  const names = namesOnNetwork();
  names.delete(address);
  const other = [...names].find(([, name]) => name === hostname);
  const isUsable = HOST_NAME.test(hostname) && hostname !== 'localhost' && !other;
  await lab.perform(writeHosts(isUsable ? names.set(address, hostname) : names));
  if (other) {
    await lab.tell(
      () => `${hostname} is ${other[0]} on the network already: --hostname gives this one a name of its own.`,
    );
  }
  return isUsable ? hostname : undefined;
}

// #region attach
/**
 * The parent's part while the child waits: the cable, with one end in the bridge and the other
 * where the child is.
 */
export async function attachToBridge(lab: Lab, pid: number, place: Place): Promise<void> {
  const { port, bridge, mac } = place;
  lab.leaves({ kind: 'link', name: port, mark: lab.owner });
  await lab.perform([
    ...request(addVeth({ name: port, bridge }, { name: 'eth0', pid, mac })),
    ...request(setAlias(port, lab.owner)),
    ...setUp(port),
  ]);
}
// #endregion attach

// #region inside
/** The child's part: its end of the cable, and the way to everything else. */
export function setUpPlace(place: Place | undefined): Call[] {
  if (!place) return setUpNetwork(undefined);
  const { address, gateway } = place;
  return [...setUpNetwork({ inside: address, netmask: NETMASK }), ...request(addDefaultRoute(gateway))];
}
// #endregion inside

const HOSTS = '/etc/hosts';

/**
 * The names of all containers as the container's /etc/hosts: one file, which each run changes that
 * comes or goes.
 */
export async function openHosts(lab: Lab, place: Place | undefined): Promise<MountCalls> {
  const { root, layers, mounts } = lab.settings;
  const isThere = lookInside([...uppersOf(layers), root.path], HOSTS)?.stats.isFile();
  const isCovered = mounts.some(({ destination }) => pathBelow(destination, HOSTS) !== undefined);
  if (!place || !isThere || isCovered) return { before: [], after: [] };
  const { copying, tree } = await copyTree(lab, hostsFile(), true);
  return { before: copying, after: attachVolume(tree, HOSTS) };
}

export function placeText({ address, gateway, port, name }: Place): string {
  const known = name === undefined ? '' : `, known as ${name}`;
  return `On the bridge: eth0 ${address}/24 inside${known}, ${port} out here. The way out: ${gateway}. Try: ping ${address}`;
}
