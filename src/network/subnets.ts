/** Which addresses the network of containers has. */
import { isIPv4 } from 'node:net';

/** 256 addresses: the network, the bridge, 253 containers, and broadcast. */
export interface Subnet {
  /** `10.11.0.0/24` */
  readonly text: string;
  readonly first: number;
}

export const PREFIX = 24;
export const NETMASK = '255.255.255.0';
const SIZE = 256;
const PRIVATE = ['10.11', '172.29', '192.168'];

/**
 * The first of the private networks that this machine has no route to: 10.11.0.0/24 if it can be. `routes` is
 * /proc/net/route. Undefined if there is none. Source: RFC 1918, proc_pid_net(5).
 */
export function freeSubnet(routes: string): Subnet | undefined {
  const taken = destinationsIn(routes);
  const candidates = PRIVATE.flatMap((start) =>
    Array.from({ length: SIZE }, (_, third) => `${start}.${third}.0/${PREFIX}`),
  );
  return candidates.map(subnetOf).find((subnet) => subnet && !taken.some((route) => overlaps(route, subnet)));
}

interface Destination {
  readonly first: number;
  readonly mask: number;
}

/** Everything but default routes, which lead to whatever is nowhere else. */
function destinationsIn(routes: string): Destination[] {
  return routes
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .map(([, destination = '0', , , , , , mask = '0']) => ({ first: fromKernel(destination), mask: fromKernel(mask) }))
    .filter(({ mask }) => mask !== 0);
}

/** In network byte order, printed as a number of this machine's. */
function fromKernel(hex: string): number {
  return Buffer.from(hex.padStart(8, '0'), 'hex').readUInt32LE();
}

function overlaps({ first, mask }: Destination, subnet: Subnet): boolean {
  const common = (mask & SUBNET_MASK) >>> 0;
  return (first & common) >>> 0 === (subnet.first & common) >>> 0;
}

const SUBNET_MASK = 0xffff_ff00;

/** Reads `10.11.0.0/24`; undefined for what is none. */
export function subnetOf(text: string): Subnet | undefined {
  const [address = '', prefix] = text.split('/');
  if (!isIPv4(address) || Number(prefix) !== PREFIX) return undefined;
  return { text, first: numberOf(address) };
}

/** The bridge's own address, through which everything else is reached. */
export function gatewayOf({ first }: Subnet): string {
  return addressOf(first + 1);
}

/** The addresses for containers. */
export function placesIn({ first }: Subnet): string[] {
  return Array.from({ length: SIZE - 3 }, (_, index) => addressOf(first + 2 + index));
}

/** The last number of an address: no other on the network has it. */
export function numberWithin(address: string): number {
  return numberOf(address) % SIZE;
}

/** A hardware address that nobody else on the network has: who gets the address again is no stranger. */
export function macOf(address: string): string {
  const parts = address.split('.').map((part) => Number(part).toString(16).padStart(2, '0'));
  return ['02', '42', ...parts].join(':');
}

function numberOf(address: string): number {
  return Buffer.from(address.split('.').map(Number)).readUInt32BE();
}

function addressOf(number: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return [...bytes].join('.');
}
