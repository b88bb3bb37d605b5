/** What connects a submission's containers: their ends of cables, and what comes from one network to another. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atLeast, tolerating } from '../syscalls/call.ts';
import { awaitInput } from '../syscalls/descriptors.ts';
import { writeFile } from '../syscalls/files.ts';
import { icmpSocket, receiveAtOnce, sendEcho } from '../syscalls/network.ts';
import { oneOf, whole, word } from './draw.ts';
import type { Expectation } from './expectation.ts';
import { lookInto } from './inside.ts';
import { linksOf, ping, pingCommand, routesOf } from './namespaces.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** When the programs run, all should be there. */
export const NETWORK_PATIENCE_MS = 2000;
const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
/** All hosts in one's own network: no router passes it on. Source: RFC 1112. */
export const ALL_HOSTS = '224.0.0.1';
const PACKET_BYTES = 256;
const MOST_PACKETS = 32;
const LISTEN_S = 1;
const SEND_PAUSE_MS = 200;

/**
 * Sets whether a process's network passes on packets. A new network has this from
 * the machine's first one, so it would begin otherwise on another machine.
 */
export async function setForwarding(process: Process, on: boolean): Promise<void> {
  // Where the grader's own /proc/sys is read-only, the machine's setting stays.
  await lookInto(process, 'net', writeFile(FORWARDING, on ? '1' : '0'));
}

/** A network, and three addresses in it. */
export interface Network {
  readonly hosts: readonly [string, string, string];
  readonly netmask: string;
  readonly prefix: number;
  /** `10.4.9.32/27`, as a route has it. */
  readonly destination: string;
}

/** Two neighbouring networks of 10.0.0.0/8: a netmask of whole bytes takes them for one. */
export function twoNetworks(): [Network, Network] {
  const prefix = whole(26, 28);
  const size = 2 ** (32 - prefix);
  const start = `10.${whole(1, 254)}.${whole(1, 254)}`;
  const base = 2 * size * whole(0, 256 / size / 2 - 1);
  const network = (from: number): Network => {
    const step = whole(1, 4);
    return {
      hosts: [`${start}.${from + step}`, `${start}.${from + 2 * step}`, `${start}.${from + 3 * step}`],
      netmask: `255.255.255.${256 - size}`,
      prefix,
      destination: `${start}.${from}/${prefix}`,
    };
  };
  const [low, high] = [network(base), network(base + size)];
  return oneOf<[Network, Network]>([
    [low, high],
    [high, low],
  ]);
}

/** Notes whether a process's network is none of others'. @throws CheckFailed if it is */
export function expectOwnNetwork(trial: Trial, name: string, process: Process, others: Record<string, Process>): void {
  const [same] = Object.entries(others).find(([, other]) => other.namespace('net') === process.namespace('net')) ?? [];
  const pids = [process, ...Object.values(others)].map(({ pid }) => `/proc/${pid}/ns/net`);
  trial.expect(name, {
    expected: 'one of its own',
    observed: same ?? 'one of its own',
    command: `readlink ${pids.join(' ')}`,
  });
}

/** Notes whether a process has one end of a cable, and nothing else: there, addressed and up. @throws CheckFailed */
export async function expectEnd(trial: Trial, whose: string, process: Process, address: string): Promise<void> {
  await trial.expectSoon(
    `${whose} link`,
    async () => {
      const { links, command } = await linksOf(process);
      const ends = links.filter(({ name }) => name !== 'lo');
      const observed = ends.map(({ name }) => name).join(', ') || 'none';
      return { expected: 'one besides lo', observed, holds: ends.length === 1, command };
    },
    NETWORK_PATIENCE_MS,
  );
  await expectAddresses(trial, whose, process, [address]);
  await trial.expectSoon(
    `${whose} end of the cable`,
    async () => {
      const { links, command } = await linksOf(process);
      const up = links.every((link) => link.up || link.name === 'lo');
      return { expected: 'up', observed: up ? 'up' : 'down', command };
    },
    NETWORK_PATIENCE_MS,
  );
}

/** Notes whether a process has these addresses and no other. @throws CheckFailed */
export function expectAddresses(
  trial: Trial,
  whose: string,
  process: Process,
  addresses: readonly string[],
): Promise<void> {
  const look = async () => {
    const { links, command } = await linksOf(process);
    // Of lo as well: an address there answers without any cable.
    const found = links.flatMap((link) => link.addresses).filter((address) => address !== '127.0.0.1/8');
    return { expected: inOrder(addresses), observed: inOrder(found), command };
  };
  return trial.expectSoon(`${whose} address${addresses.length === 1 ? '' : 'es'}`, look, NETWORK_PATIENCE_MS);
}

/** Notes whether a process has these routes and no other. @throws CheckFailed */
export function expectRoutes(trial: Trial, whose: string, process: Process, routes: readonly string[]): Promise<void> {
  const look = async () => {
    const { routes: found, command } = await routesOf(process);
    return { expected: inOrder(routes), observed: inOrder(found), command };
  };
  return trial.expectSoon(`${whose} routes`, look, NETWORK_PATIENCE_MS);
}

/** Notes whether a process's network reaches an address. @throws CheckFailed */
export function expectAnswer(trial: Trial, name: string, process: Process, address: string): Promise<void> {
  return trial.expectSoon(`ping from ${name}`, () => ping(process, address), NETWORK_PATIENCE_MS);
}

/** Whether a process has all of some addresses, at links that are up. */
export async function hasAddresses(process: Process, addresses: readonly string[]): Promise<boolean> {
  const { links } = await linksOf(process);
  const found = links.filter(({ up }) => up).flatMap((link) => link.addresses);
  return addresses.every((address) => found.includes(address));
}

/** Whether packets come from one process's network to another's, answered or not: to its address, or to all hosts. */
export async function arrivals(
  from: Process,
  to: Process,
  ...addresses: readonly [string, ...string[]]
): Promise<Expectation> {
  const texts = addresses.map((address) => [address, word(16)] as const);
  const target = (packet: Buffer) => texts.find(([, text]) => packet.includes(text))?.[0];
  const socket = icmpSocket();
  const packets = Array.from({ length: MOST_PACKETS }, () =>
    tolerating('EAGAIN', receiveAtOnce(socket, { size: PACKET_BYTES, text: () => '…' })),
  );
  const listening = packets.flatMap((packet) => [
    atLeast(1, 'Nothing has come.', awaitInput(socket, LISTEN_S)),
    packet,
  ]);
  let isOver = false;
  const listen = async () => {
    try {
      const { bytes } = await lookInto(to, 'net', [socket, ...listening], (packet) => target(packet) !== undefined);
      return packets.map((packet) => target(bytes(packet))).find((found) => found !== undefined);
    } finally {
      isOver = true;
    }
  };
  const send = async () => {
    // The first can be too early: nobody tells when the other one listens.
    while (!isOver) {
      const out = icmpSocket();
      await lookInto(from, 'net', [out, ...texts.map(([address, text]) => sendEcho(out, address, text))]);
      await sleep(SEND_PAUSE_MS);
    }
  };
  const [came] = await Promise.all([listen(), send()]);
  const words = came === ALL_HOSTS ? 'a packet to all hosts' : 'a packet to its address';
  return { expected: 'nothing', observed: came ? words : 'nothing', command: pingCommand(from, addresses[0]) };
}

function inOrder(texts: readonly string[]): string {
  return texts.toSorted().join(', ') || 'none';
}
