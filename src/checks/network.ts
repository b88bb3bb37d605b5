/** Networks of containers: addresses for them, and what the host's own `ip` and `ping` find there. */
import { oneOf, whole } from './draw.ts';
import type { Expectation } from './expectation.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

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
  /** `10.4.9.17/30`, IPv4 alone. */
  readonly addresses: readonly string[];
}

/** The interfaces of a process's network. */
export async function linksOf(trial: Trial, process: Process): Promise<{ links: Link[]; command: string }> {
  const { output } = await trial.enter(process, ['net'], 'ip', '-json', 'address');
  process.namespace('net'); // Or it has ended meanwhile, and there was nothing to enter.
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
export async function ping(trial: Trial, process: Process, address: string): Promise<Expectation> {
  const { status, output, command } = await trial.enter(process, ['net'], 'ping', '-c', '1', '-W', '1', address);
  const why = /unreachable|not permitted/i.exec(output)?.[0];
  return { expected: 'an answer', observed: status === 0 ? 'an answer' : `no answer${why ? `: ${why}` : ''}`, command };
}
