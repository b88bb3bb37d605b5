/** What a container is connected to. Of this a config.json has `linux.netDevices` alone: the rest is an engine's. */
import { isIPv4 } from 'node:net';
import { UsageError } from '../command-line/usage-error.ts';
import type { SubjectOption } from './option.ts';

/** A port of this machine that leads to one inside. */
export interface Port {
  /** The address of this machine at which it is; without one, all. */
  readonly address?: string;
  readonly host: number;
  readonly inside: number;
  readonly protocol: 'tcp' | 'udp';
}

export interface Network {
  /** `none`: there is nothing but lo. */
  readonly mode: 'bridge' | 'none';
  /** The address inside; without one, the next that is free. */
  readonly ip?: string;
  /** The hardware address inside; without one, it is made of the address. */
  readonly mac?: string;
  readonly ports: readonly Port[];
  /** Interfaces of this machine that are moved in. */
  readonly devices: readonly string[];
}

export const DEFAULT_NETWORK: Network = { mode: 'bridge', ports: [], devices: [] };

const PORT = '[ADDRESS:]HOST:INSIDE[/tcp|udp]';
const MOST_PORTS = 65_535;
/** The kernel's longest name of an interface: IFNAMSIZ without its end. */
const LONGEST_NAME = 15;

/** `127.0.0.1:8080:80/tcp`: which port out here leads to which inside. */
export function publishedPort(text: string): Port {
  const [, address, host, inside, protocol = 'tcp'] =
    /^(?:([^:]+):)?(\d{1,5}):(\d{1,5})(?:\/(tcp|udp))?$/.exec(text) ?? [];
  if (host === undefined || inside === undefined)
    throw new UsageError(`${JSON.stringify(text)} is not ${PORT}, such as 8080:80`);
  if (address !== undefined && !isIPv4(address))
    throw new UsageError(`${JSON.stringify(address)} is no IPv4 address, such as 127.0.0.1`);
  for (const port of [host, inside]) {
    if (!(Number(port) >= 1 && Number(port) <= MOST_PORTS))
      throw new UsageError(`${port} is no port: 1 to ${MOST_PORTS}`);
  }
  const everywhere = address === undefined || address === '0.0.0.0';
  return {
    ...(!everywhere && { address }),
    host: Number(host),
    inside: Number(inside),
    protocol: protocol === 'udp' ? 'udp' : 'tcp',
  };
}

function publish(network: Network, text: string): Network {
  const port = publishedPort(text);
  const other = network.ports.find(
    ({ host, protocol, address }) =>
      host === port.host &&
      protocol === port.protocol &&
      (address === undefined || port.address === undefined || address === port.address),
  );
  if (other) throw new UsageError(`--publish: the port ${port.host}/${port.protocol} is given twice.`);
  return { ...network, ports: [...network.ports, port] };
}

function mode(network: Network, text: string): Network {
  if (text === 'bridge' || text === 'none') return { ...network, mode: text };
  throw new UsageError(`${JSON.stringify(text)} is neither bridge nor none`);
}

function address(network: Network, text: string): Network {
  if (isIPv4(text)) return { ...network, ip: text };
  throw new UsageError(`${JSON.stringify(text)} is no IPv4 address, such as 10.11.0.9`);
}

/** An address of one station alone: the lowest bit of its first byte is 0. Source: IEEE 802. */
function hardwareAddress(network: Network, text: string): Network {
  const isOne = /^[0-9a-f][02468ace](:[0-9a-f]{2}){5}$/i.test(text) && !/^00(:00){5}$/.test(text);
  if (isOne) return { ...network, mac: text.toLowerCase() };
  throw new UsageError(`${JSON.stringify(text)} is no hardware address of one station, such as 02:42:0a:0b:00:09`);
}

function device(network: Network, text: string): Network {
  if (text === '' || text.length > LONGEST_NAME || /[\s/:]/.test(text))
    throw new UsageError(`${JSON.stringify(text)} is no name of an interface, such as eth1`);
  if (text === 'lo' || text === 'eth0')
    throw new UsageError(`the container has ${text} of its own: give another interface, see ip link`);
  if (network.devices.includes(text)) throw new UsageError(`--device-net: ${text} is given twice.`);
  return { ...network, devices: [...network.devices, text] };
}

/** @throws UsageError for settings that exclude one another, or that take root */
export function checkNetwork({ mode, ip, mac, ports, devices }: Network, rootless: boolean): void {
  const [first] = [
    ...(ports.length > 0 ? ['--publish'] : []),
    ...(ip === undefined ? [] : ['--ip']),
    ...(mac === undefined ? [] : ['--mac-address']),
  ];
  if (mode === 'none' && first)
    throw new UsageError(`${first}: with --network none there is no eth0 that it could be about.`);
  const [privileged] = [
    ...(ports.length > 0 ? ['--publish'] : []),
    ...(ip === undefined ? [] : ['--ip']),
    ...(mac === undefined ? [] : ['--mac-address']),
    ...(devices.length === 0 ? [] : ['--device-net']),
  ];
  if (rootless && privileged)
    throw new UsageError(
      `${privileged}: without root there is no bridge, and no interface can be moved. Run with sudo.`,
    );
}

export const networkOptions: readonly SubjectOption<Network>[] = [
  {
    name: '--publish',
    short: '-p',
    value: PORT,
    about: 'bridge',
    help: 'a port of this machine that leads inside; may be given several times',
    set: publish,
  },
  { name: '--network', value: 'bridge|none', about: 'bridge', help: 'none: nothing but lo', set: mode },
  { name: '--ip', value: 'ADDRESS', about: 'bridge', help: 'the address inside, one of the bridge’s', set: address },
  {
    name: '--mac-address',
    value: 'ADDRESS',
    about: 'bridge',
    help: 'the hardware address inside',
    set: hardwareAddress,
  },
  {
    name: '--device-net',
    value: 'NAME',
    about: 'bridge',
    help: 'an interface of this machine to move in; may be given several times',
    set: device,
  },
];
