/**
 * The network of containers: a bridge, what it has changed on this machine, and
 * the file with the containers' names. It belongs to all that are on it, and the
 * last one takes it away. The bridge itself notes what was there before, so what
 * is known of it is known to everybody, and is gone when it is.
 *
 * Who is on it, the kernel knows: each holds a socket that has its address as a
 * name. A run that is killed holds nothing any more.
 */
import { existsSync, readFileSync, readlinkSync, unlinkSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CallFailure } from '../executor/failure.ts';
import { attempt, type Performed, perform } from '../executor/perform.ts';
import type { Call } from '../syscalls/call.ts';
import { close, openat, write, writeFile } from '../syscalls/files.ts';
import { O_CREAT, O_WRONLY } from '../syscalls/flags.ts';
import { askForLink, deleteLink, type FoundLink, linkIn, request } from '../syscalls/netlink.ts';
import { takeName, unixSocket } from '../syscalls/network.ts';
import type { Leftover } from './leftover.ts';
import { isMarkOf, isOwnerName, type Wanted } from './owner.ts';
import { succeeds } from './succeeds.ts';

/** The name of the bridge, which nobody else gives to an interface. */
export const BRIDGE = 'container-lab';
/** Whether this machine passes on packets between its interfaces: ip-sysctl.rst, ip_forward. */
export const FORWARDING = '/proc/sys/net/ipv4/ip_forward';

const LOCK = `${BRIDGE}/network`;
const PATIENCE_MS = 30_000;
const PAUSE_MS = 2;

/** What a bridge notes in its alias. */
export interface Note {
  /** The run that has made it. */
  readonly mark: string;
  /** `10.11.0.0/24` */
  readonly subnet: string;
  /** What `FORWARDING` was before. */
  readonly forwarding: string;
}

export function noteText({ mark, subnet, forwarding }: Note): string {
  return `${mark} ${subnet} ${forwarding}`;
}

/** Undefined for an interface that is none of ours: a bridge of ours is made with its note. */
export function noteIn({ alias }: FoundLink): Note | undefined {
  const [mark, subnet, forwarding] = alias.split(' ');
  return mark && isOwnerName(mark) && subnet && forwarding ? { mark, subnet, forwarding } : undefined;
}

type Perform = (list: readonly Call[]) => Promise<Performed> | Performed;

/**
 * Takes the lock under which the network is made, joined and left; it goes with
 * the descriptor that is returned. @throws Error where another run does not let go of it
 */
export async function lockNetwork(perform: Perform): Promise<number> {
  for (const deadline = performance.now() + PATIENCE_MS; ; await sleep(PAUSE_MS * (1 + Math.random()))) {
    const fd = await takeIfFree(perform, LOCK);
    if (fd !== undefined) return fd;
    if (performance.now() > deadline) {
      throw new Error(
        `Another run has been changing the network for ${PATIENCE_MS / 1000} s. Is one stopped? See: ss -xp | grep ${LOCK}`,
      );
    }
  }
}

/** A socket with a name that nobody else has, or undefined if somebody does. Source: unix(7), abstract names. */
export async function takeIfFree(perform: Perform, name: string): Promise<number | undefined> {
  const socket = unixSocket();
  try {
    return (await perform([socket, takeName(socket, name)])).results[0];
  } catch (error) {
    if (error instanceof CallFailure && error.errno === 'EADDRINUSE') return undefined;
    throw error;
  }
}

/** The name of the socket that stands for an address of the network. */
export function leaseName(address: string): string {
  return `${BRIDGE}/${address}`;
}

/** The addresses that containers have. Source: proc_pid_net(5), /proc/net/unix. */
export function leasedAddresses(): Set<string> {
  const names = readFileSync('/proc/self/net/unix', 'utf8').matchAll(/ @container-lab\/(\d+\.\d+\.\d+\.\d+)$/gm);
  return new Set([...names].map(([, address = '']) => address));
}

/** Where the names of the containers are, for this network namespace. */
export function hostsFile(): string {
  return `/run/${BRIDGE}-${/\d+/.exec(readlinkSync('/proc/self/ns/net'))?.[0]}.hosts`;
}

/** The calls that write `/etc/hosts` anew. Who reads meanwhile finds one or the other text: it never becomes shorter. */
export function writeHosts(names: ReadonlyMap<string, string>): Call[] {
  const lines = ['127.0.0.1\tlocalhost', ...[...names].map(([address, name]) => `${address}\t${name}`)];
  const file = openat(hostsFile(), O_WRONLY | O_CREAT, 0o644);
  const text = `${lines.join('\n')}\n`.padEnd(textOf(hostsFile()).length, '\n');
  return [file, write(file, text), close(file)];
}

/** The names of those that are on the network, by address. */
export function namesOnNetwork(): Map<string, string> {
  const leased = leasedAddresses();
  const lines = textOf(hostsFile())
    .split('\n')
    .map((line) => line.split('\t'));
  return new Map(lines.flatMap(([address = '', name = '']) => (leased.has(address) ? [[address, name]] : [])));
}

/** It is its maker's, by the mark; that others are still on it shows when it is to be removed. */
export function find(wanted: Wanted): Leftover<'network'>[] {
  const bridge = findBridge();
  if (!bridge || leasedAddresses().size > 0) return [];
  return isMarkOf(noteIn(bridge)?.mark ?? '', wanted) ? [{ kind: 'network', name: BRIDGE }] : [];
}

/**
 * Takes the network away if nobody is on it; else only the names of those that
 * are gone. The bridge goes last: until then somebody else can do it.
 */
export async function remove({ name }: Leftover<'network'>): Promise<string | undefined> {
  const bridge = findBridge();
  if (!bridge || process.geteuid?.() !== 0) return undefined;
  const lock = await lockNetwork(perform);
  try {
    if (leasedAddresses().size > 0) {
      perform(writeHosts(namesOnNetwork()));
      return undefined;
    }
    return takeAway() ? name : undefined;
  } finally {
    attempt(close(lock));
  }
}

function takeAway(): boolean {
  const bridge = findBridge();
  const note = bridge && noteIn(bridge);
  if (!note) return false;
  if (note.forwarding === '0' && textOf(FORWARDING).trim() === '1') perform(writeFile(FORWARDING, '0'));
  succeeds(() => unlinkSync(hostsFile()));
  perform(request(deleteLink(bridge.index)));
  return true;
}

function findBridge(): FoundLink | undefined {
  const { calls, answer } = askForLink(BRIDGE);
  return linkIn(perform(calls).outs.get(answer) ?? Buffer.alloc(HEADER_BYTES));
}

const HEADER_BYTES = 16;

function textOf(path: string): string {
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}
