import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { setUp, setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close, writeFile } from '#src/syscalls/files.ts';
import { CLONE_NEWNET } from '#src/syscalls/flags.ts';
import { addBridge, addDefaultRoute, addVeth, request } from '#src/syscalls/netlink.ts';
import { indexIn, interfaceIndex, interfaceSocket } from '#src/syscalls/network.ts';

interface Given {
  /** What the other containers become. */
  readonly friend: readonly Call[];
  readonly stranger: readonly Call[];
  readonly router: readonly Call[];
  readonly addresses: {
    readonly program: string;
    readonly friend: string;
    readonly stranger: string;
    /** In the network of the program, and in that of the stranger. */
    readonly router: { readonly one: string; readonly two: string };
  };
  /** For all of them. */
  readonly netmask: string;
}

export async function run(lab: Lab, { friend, stranger, router, addresses, netmask }: Given): Promise<End> {
  const one = await makeBridge(lab, 'one', '02:00:00:00:00:01');
  const two = await makeBridge(lab, 'two', '02:00:00:00:00:02');
  const member = (address: string, gateway: string) => [
    ...setUpNetwork({ inside: address, netmask }),
    ...request(addDefaultRoute(gateway)),
  ];
  const containers = {
    program: await startWaiting(lab, [...member(addresses.program, addresses.router.one), ...lab.program]),
    friend: await startWaiting(lab, [...member(addresses.friend, addresses.router.one), ...friend]),
    stranger: await startWaiting(lab, [...member(addresses.stranger, addresses.router.two), ...stranger]),
    router: await startWaiting(lab, [
      ...setUp('lo'),
      ...setUp('eth0', addresses.router.one, netmask),
      ...setUp('eth1', addresses.router.two, netmask),
      ...writeFile('/proc/sys/net/ipv4/ip_forward', '0'),
      ...router,
    ]),
  };
  await plugIn(lab, { name: 'port1', bridge: one }, { name: 'eth0', pid: containers.program.pid });
  await plugIn(lab, { name: 'port2', bridge: one }, { name: 'eth0', pid: containers.friend.pid });
  await plugIn(lab, { name: 'port3', bridge: one }, { name: 'eth0', pid: containers.router.pid });
  await plugIn(lab, { name: 'port4', bridge: two }, { name: 'eth0', pid: containers.stranger.pid });
  await plugIn(lab, { name: 'port5', bridge: two }, { name: 'eth1', pid: containers.router.pid });
  for (const container of Object.values(containers)) await container.release();
  return lab.wait(containers.program.container);
}

/** A bridge without an address of its own. Returns its index. */
async function makeBridge(lab: Lab, name: string, mac: string): Promise<number> {
  await lab.perform([...request(addBridge(name, mac, lab.owner)), ...setUp(name)]);
  const socket = interfaceSocket();
  return indexIn(await lab.perform([socket, interfaceIndex(socket, name), close(socket)]));
}

/** A container that waits for its cables. */
async function startWaiting(lab: Lab, list: readonly Call[]) {
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone([...waitFor(checkpoint), ...list], CLONE_NEWNET);
  return { container, pid: container.pid, release: () => release(lab, checkpoint) };
}

/** A cable from a bridge to a container. */
async function plugIn(
  lab: Lab,
  port: { readonly name: string; readonly bridge: number },
  end: { readonly name: string; readonly pid: number },
): Promise<void> {
  await lab.perform([...request(addVeth(port, end)), ...setUp(port.name)]);
}
