/** What is in the namespaces of containers, as the kernel tells a process of ours that enters them. */
import { readFileSync } from 'node:fs';
import { addressesIn, type Dump, dump, linksIn, routesIn } from '../network/dump.ts';
import { nsenter } from '../proc/nsenter.ts';
import { HOSTNAME } from '../sandbox/sandbox.ts';
import { atLeast, type Call, type Out, tolerating } from '../syscalls/call.ts';
import { awaitInput } from '../syscalls/descriptors.ts';
import { close, openat, read } from '../syscalls/files.ts';
import { O_RDONLY } from '../syscalls/flags.ts';
import { icmpSocket, isEchoReply, receiveAtOnce, sendEcho } from '../syscalls/network.ts';
import { findSegment, makeSegment } from '../syscalls/shared-memory.ts';
import { oneOf, whole, word } from './draw.ts';
import { CheckFailed, type Expectation, judge } from './expectation.ts';
import type { Measured } from './ground.ts';
import { type Inside, lookInto } from './inside.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** A host name has 64 bytes, and a line feed. */
const NAME_BYTES = 100;
const PACKET_BYTES = 256;
/** Another's packets can come before the answer; over lo, the request itself comes first. */
const MOST_PACKETS = 8;
const PING_S = 1;

/** The host or domain name in a process's UTS namespace. */
export async function nameOf(
  process: Process,
  which: 'hostname' | 'domainname',
): Promise<Pick<Expectation, 'observed' | 'command'>> {
  const path = `/proc/sys/kernel/${which}`;
  const file = openat(path, O_RDONLY);
  const name = read(file, bytes(NAME_BYTES));
  const inside = await lookInto(process, 'uts', [file, name, close(file)]);
  const text = expected(inside).bytes(name).toString('utf8');
  return { observed: text.trim(), command: nsenter(process.pid, ['uts'], ['cat', path]).join(' ') };
}

/** Whether a program has had a name since it began. @throws CheckFailed if it has become another program since */
export async function programsName(
  trial: Trial,
  program: Process,
  which: 'hostname' | 'domainname',
  expected: string,
): Promise<Expectation> {
  const beginning = trial.beginningOf(program);
  const named = beginning && trial.history?.changed(`set${which}`, beginning.namespace('uts'), beginning);
  const { observed, command } = await nameOf(program, which);
  const late = named && observed === expected;
  return { expected, observed: late ? `${observed}, but only after the program had begun` : observed, command };
}

/** Whether a name of the sandbox is what it was, and has never been another. */
export async function sandboxsName(
  { ground, history }: Measured,
  which: 'hostname' | 'domainname',
): Promise<Expectation> {
  // A new namespace begins as a copy, and the sandbox has never changed this name.
  const domain = () => readFileSync('/proc/sys/kernel/domainname', 'utf8').trim();
  const expected = which === 'hostname' ? HOSTNAME : domain();
  const { observed, command } = await nameOf(ground, which);
  const again = observed === expected && history?.changed(`set${which}`, ground.namespace('uts'));
  return { expected, observed: again ? `${observed} again, after it had been set to something` : observed, command };
}

/** A segment of shared memory, by its key; 0 means none. */
export function drawSegmentKey(): number {
  return whole(1, 2 ** 31 - 1);
}

/** Makes a segment of shared memory in a process's IPC namespace. Returns the kernel's words if it does not. */
export async function addSegment(process: Process, key: number): Promise<string | undefined> {
  const { failure } = await lookInto(process, 'ipc', [makeSegment(key, 1)]);
  return failure?.errno;
}

/** Whether there is a segment with that key in a process's IPC namespace, whatever is called a namespace in /proc. */
export async function hasSegment(process: Process, key: number): Promise<{ there: boolean; command: string }> {
  const find = tolerating('ENOENT', findSegment(key));
  const inside = expected(await lookInto(process, 'ipc', [find]));
  const shown = `0x${key.toString(16).padStart(8, '0')}`;
  return {
    there: (inside.result(find) ?? -1) >= 0,
    command: `${nsenter(process.pid, ['ipc'], ['ipcs', '-m']).join(' ')}   # ${shown}`,
  };
}

/** The smallest network with room for two: a /30. */
export interface Subnet {
  readonly first: string;
  readonly second: string;
  readonly netmask: string;
  readonly prefix: number;
  /** `10.4.9.16/30`, as a route has it. */
  readonly destination: string;
}

/** Two addresses of 10.0.0.0/8, of which neither is always the lower. */
export function subnet(): Subnet {
  const [start, base] = [`10.${whole(1, 254)}.${whole(1, 254)}`, 4 * whole(1, 62)];
  const [low, high] = [`${start}.${base + 1}`, `${start}.${base + 2}`];
  const [first, second] = oneOf([
    [low, high],
    [high, low],
  ]);
  return { first, second, netmask: '255.255.255.252', prefix: 30, destination: `${start}.${base}/30` };
}

export interface Link {
  readonly name: string;
  readonly up: boolean;
  /** `10.4.9.17/30`; only IPv4. */
  readonly addresses: readonly string[];
}

/** The interfaces of a process's network. */
export async function linksOf(process: Process): Promise<{ links: Link[]; command: string }> {
  const [links, addresses] = [dump('links'), dump('addresses')];
  const inside = expected(await lookInto(process, 'net', [...links.calls, ...addresses.calls]));
  const command = nsenter(process.pid, ['net'], ['ip', 'address']).join(' ');
  const [all, owned] = [linksIn(partsOf(inside, links)), addressesIn(partsOf(inside, addresses))];
  if (!all || !owned) throw tooMany('links and addresses', command);
  return {
    links: all.map(({ index, name, up }) => ({
      name,
      up,
      addresses: owned.filter((one) => one.index === index).map(({ address }) => address),
    })),
    command,
  };
}

/** The destinations of a process's IPv4 routes: `10.4.9.16/30`, or `default`. */
export async function routesOf(process: Process): Promise<{ routes: string[]; command: string }> {
  const all = dump('routes');
  const inside = expected(await lookInto(process, 'net', all.calls));
  const command = nsenter(process.pid, ['net'], ['ip', '-4', 'route']).join(' ');
  const routes = routesIn(partsOf(inside, all));
  if (!routes) throw tooMany('routes', command);
  return { routes, command };
}

/** Whether a process's network reaches an address. */
export async function ping(process: Process, address: string): Promise<Expectation> {
  const text = word(16);
  const socket = icmpSocket();
  const packets = Array.from({ length: MOST_PACKETS }, () =>
    tolerating('EAGAIN', receiveAtOnce(socket, bytes(PACKET_BYTES))),
  );
  const calls = [
    socket,
    sendEcho(socket, address, text),
    ...packets.flatMap((packet) => [atLeast(1, 'No answer has come.', awaitInput(socket, PING_S)), packet]),
  ];
  const isAnswer = (packet: Buffer) => isEchoReply(packet, text);
  const inside = await lookInto(process, 'net', calls, isAnswer);
  const answered = packets.some((packet) => isAnswer(inside.bytes(packet)));
  const errno = inside.failure?.errno;
  return {
    expected: 'an answer',
    observed: answered ? 'an answer' : `no answer${errno ? `: ${errno}` : ''}`,
    command: pingCommand(process, address),
  };
}

/** How anybody can try the same. */
export function pingCommand({ pid }: Process, address: string): string {
  return nsenter(pid, ['net'], ['ping', '-c', '1', '-W', '1', address]).join(' ');
}

function bytes(size: number): Out {
  return { size, text: () => '…' };
}

/** @throws CallFailure where a call failed that nothing inside can make fail */
function expected(inside: Inside): Inside {
  if (inside.failure) throw inside.failure;
  return inside;
}

function partsOf(inside: Inside, { parts }: Dump): Buffer[] {
  return parts.map((part: Call) => inside.bytes(part));
}

function tooMany(what: string, command: string): CheckFailed {
  const expectation = { expected: 'as many as can be looked at', observed: 'more', command };
  return new CheckFailed(judge(`the ${what}`, expectation));
}
