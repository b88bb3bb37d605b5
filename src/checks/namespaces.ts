/** What is in the namespaces of containers, as programs of the host find it there. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { NamespaceKind } from '../proc/namespaces.ts';
import { nsenter } from '../proc/nsenter.ts';
import { HOSTNAME } from '../sandbox/sandbox.ts';
import { oneOf, whole } from './draw.ts';
import type { Expectation } from './expectation.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

const TIMEOUT_MS = 5000;

export interface Seen {
  readonly status: number | null;
  readonly output: string;
  /** What to type in order to see the same. */
  readonly command: string;
}

/**
 * Runs a program of the host in some namespaces of a process: what it sees is
 * evidence. It never enters the mount namespace: it keeps the host's files, and
 * the submission cannot put anything in its place.
 */
export function enter(
  { pid }: Process,
  namespaces: readonly Exclude<NamespaceKind, 'mnt'>[],
  ...argv: readonly string[]
): Promise<Seen> {
  const [program = '', ...words] = nsenter(pid, namespaces, argv);
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status) => resolve({ status, output: output.trim(), command: [program, ...words].join(' ') }));
  });
}

/** The host or domain name in a process's UTS namespace. */
export async function nameOf(
  process: Process,
  which: 'hostname' | 'domainname',
): Promise<Pick<Expectation, 'observed' | 'command'>> {
  const { output, command } = await enter(process, ['uts'], 'cat', `/proc/sys/kernel/${which}`);
  return { observed: output, command };
}

/** Whether a name of the sandbox is what it was. */
export async function sandboxsName({ ground }: Trial, which: 'hostname' | 'domainname'): Promise<Expectation> {
  // A new namespace begins as a copy, and the sandbox has never changed this name.
  const domain = () => readFileSync('/proc/sys/kernel/domainname', 'utf8').trim();
  return { expected: which === 'hostname' ? HOSTNAME : domain(), ...(await nameOf(ground, which)) };
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
  const { output } = await enter(process, ['net'], 'ip', '-json', 'address');
  process.namespace('net'); // Throws if it has ended meanwhile: then there was nothing to enter.
  const links = parsed(output).map(({ ifname, flags, addr_info }) => ({
    name: ifname,
    up: flags.includes('UP'),
    addresses: addr_info
      .filter(({ family }) => family === 'inet')
      .map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  }));
  return { links, command: `nsenter -t ${process.pid} --net ip address` };
}

interface Shown {
  readonly ifname: string;
  readonly flags: readonly string[];
  readonly addr_info: readonly { family: string; local: string; prefixlen: number }[];
}

/** @throws Error with what it said instead */
function parsed(output: string): Shown[] {
  try {
    return JSON.parse(output);
  } catch {
    throw new Error(`ip did not answer: ${output}`);
  }
}

/** Whether a process's network reaches an address. */
export async function ping(process: Process, address: string): Promise<Expectation> {
  const { status, output, command } = await enter(process, ['net'], 'ping', '-c', '1', '-W', '1', address);
  const why = /unreachable|not permitted/i.exec(output)?.[0];
  return { expected: 'an answer', observed: status === 0 ? 'an answer' : `no answer${why ? `: ${why}` : ''}`, command };
}
