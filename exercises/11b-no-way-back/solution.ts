import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { setUp, setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { writeFile } from '#src/syscalls/files.ts';
import { CLONE_NEWNET } from '#src/syscalls/flags.ts';
import { addDefaultRoute, addVeth, request } from '#src/syscalls/netlink.ts';

interface Given {
  /** What the other containers become. */
  readonly router: readonly Call[];
  readonly server: readonly Call[];
  readonly addresses: {
    readonly program: string;
    readonly server: string;
    /** In the network of the program, and in that of the server. */
    readonly router: { readonly one: string; readonly two: string };
  };
  /** How many bits of an address are its network's: the same in both. */
  readonly prefix: number;
}

/** `255.255.255.0` for 24. */
function netmaskOf(prefix: number): string {
  const bits = [0, 8, 16, 24].map((before) => Math.max(0, Math.min(8, prefix - before)));
  return bits.map((count) => 256 - 2 ** (8 - count)).join('.');
}

export async function run(lab: Lab, { router, server, addresses, prefix }: Given): Promise<End> {
  const netmask = netmaskOf(prefix);
  const near = await startWaiting(lab, [
    ...setUpNetwork({ inside: addresses.program, netmask }),
    ...request(addDefaultRoute(addresses.router.one)),
    ...lab.program,
  ]);
  const middle = await startWaiting(lab, [
    ...setUp('lo'),
    ...setUp('eth0', addresses.router.one, netmask),
    ...setUp('eth1', addresses.router.two, netmask),
    ...writeFile('/proc/sys/net/ipv4/ip_forward', '1'),
    ...router,
  ]);
  const far = await startWaiting(lab, [
    ...setUpNetwork({ inside: addresses.server, netmask }),
    ...request(addDefaultRoute(addresses.router.two)),
    ...server,
  ]);
  await lab.perform(request(addVeth({ name: 'eth0', pid: near.pid }, { name: 'eth0', pid: middle.pid })));
  await lab.perform(request(addVeth({ name: 'eth0', pid: far.pid }, { name: 'eth1', pid: middle.pid })));
  for (const container of [middle, far, near]) await container.release();
  return lab.wait(near.container);
}

/** A container that waits for its cables. */
async function startWaiting(lab: Lab, list: readonly Call[]) {
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone([...waitFor(checkpoint), ...list], CLONE_NEWNET);
  return { container, pid: container.pid, release: () => release(lab, checkpoint) };
}
