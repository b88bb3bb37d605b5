/** Ways between the containers' network and others: packet rules, and a proxy where rules do not reach. */
import { existsSync, readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { fileURLToPath } from 'node:url';
import { closeAtEnd } from '../lab/close-at-end.ts';
import type { Lab } from '../lab/lab.ts';
import { OWNER_VARIABLE } from '../leftovers/owner.ts';
import { forwardPolicy } from '../network/firewall.ts';
import { rulesOf } from '../network/rules.ts';
import { programPath } from '../proc/programs.ts';
import type { Port } from '../settings/network.ts';
import type { Call } from '../syscalls/call.ts';
import { keepOnExec } from '../syscalls/descriptors.ts';
import { dup3, openat } from '../syscalls/files.ts';
import { O_RDWR } from '../syscalls/flags.ts';
import { listen, portSocket, reuseAddress, takePort } from '../syscalls/network.ts';
import { execve, setsid } from '../syscalls/processes.ts';
import type { Place } from './11-network.ts';

/** A socket at a port of this machine, and where it leads. */
export interface OpenPort {
  readonly fd: number;
  readonly port: Port;
}

const BACKLOG = 128;

/** Takes the published ports, before there is anything inside: nobody else can have them then. */
export async function takePorts(lab: Lab, place: Place | undefined): Promise<OpenPort[]> {
  const open: OpenPort[] = [];
  for (const port of place ? lab.settings.network.ports : []) {
    for (const address of addressesOf(port, place)) {
      const [fd = -1] = (await lab.perform(openPort(port, address))).results;
      closeAtEnd(lab, fd);
      open.push({ fd, port });
    }
  }
  return open;
}

function openPort({ protocol, host }: Port, address: string): Call[] {
  const socket = portSocket(protocol);
  if (protocol === 'udp') return [socket, takePort(socket, address, host)];
  return [socket, reuseAddress(socket), takePort(socket, address, host), listen(socket, BACKLOG)];
}

/** An answer to a datagram comes from the address that it went to: each has a socket of its own. */
function addressesOf({ address, protocol }: Port, place: Place | undefined): string[] {
  if (address !== undefined) return [address];
  if (protocol === 'tcp') return ['0.0.0.0'];
  const all = Object.values(networkInterfaces()).flat();
  const found = all.flatMap((one) => (one?.family === 'IPv4' ? [one.address] : []));
  // Of a bridge without a cable Node does not tell.
  return [...new Set([...found, ...(place ? [place.gateway] : [])])];
}

// #region ways
/**
 * The parent's part while the child waits: the kernel is to rewrite addresses on
 * the way out, and on the way in to published ports. The proxy serves who comes
 * from this machine or from the bridge, and everybody where rules do not help.
 */
export async function openWays(lab: Lab, place: Place, open: readonly OpenPort[]): Promise<void> {
  const ports = open.length > 0 && (await isForwardingStopped(lab)) ? [] : lab.settings.network.ports;
  await setRules(lab, rulesOf({ name: lab.owner, address: place.address, ports }));
  if (open.length > 0) await startProxy(lab, place, open);
}

async function setRules(lab: Lab, rules: string): Promise<void> {
  const nft = programPath('nft');
  if (nft === undefined) {
    await lab.tell(() => `Without nft, no packet of a container’s gets out: sudo apt-get install nftables.`);
    return;
  }
  lab.leaves({ kind: 'table', name: lab.owner });
  const helper = await lab.clone([...standAside(), execve(nft, ['nft', rules], [mark(lab)])], 0, { helper: true });
  const end = await lab.wait(helper);
  if ('status' in end && end.status === 0) return;
  await lab.tell(
    () => 'The kernel has not taken the rules, so no packet of a container’s gets out: see npm run doctor.',
  );
}
// #endregion ways

async function isForwardingStopped(lab: Lab): Promise<boolean> {
  if (forwardPolicy(textOf) !== 'DROP') return false;
  await lab.tell(
    () =>
      'Somebody’s rules drop what this machine would pass on (FORWARD policy DROP): the proxy serves the published ports.',
  );
  return true;
}

const PROXY = fileURLToPath(new URL('../network/proxy.cjs', import.meta.url));

/** Starts a process that has the sockets; it ends with the run. */
async function startProxy(lab: Lab, { address }: Place, open: readonly OpenPort[]): Promise<void> {
  const words = open.map(({ fd, port: { protocol, inside } }) => `${protocol}:${fd}:${inside}`);
  await lab.clone(
    [
      ...standAside(),
      ...open.map(({ fd }) => keepOnExec(fd)),
      execve(process.execPath, ['node', PROXY, address, ...words], [mark(lab)]),
    ],
    0,
    { helper: true },
  );
}

/** Nothing of the terminal’s is for a helper, but what goes wrong. */
function standAside(): Call[] {
  const nowhere = openat('/dev/null', O_RDWR);
  return [setsid(), nowhere, dup3(nowhere, 0), dup3(nowhere, 1)];
}

function mark({ owner }: Lab): string {
  return `${OWNER_VARIABLE}=${owner}`;
}

function textOf(path: string): string | undefined {
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
}
