/**
 * Step 6: network namespace.
 *
 * New here: CLONE_NEWNET gives the child an empty network: no interface but
 * `lo`, and that is down. A veth pair is a cable with two ends; the parent
 * makes one, keeps one end, and moves the other into the child's namespace.
 *
 * See network_namespaces(7), veth(4), rtnetlink(7), netdevice(7).
 */
import { CallFailure } from '../executor/failure.ts';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import { newLinkName } from '../leftovers/owner.ts';
import { BLOCKS, type Block, blockAt } from '../network/addresses.ts';
import type { Feature } from '../settings/features.ts';
import type { Call } from '../syscalls/call.ts';
import { close } from '../syscalls/files.ts';
import {
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../syscalls/flags.ts';
import { sethostname } from '../syscalls/namespaces.ts';
import { addVeth, moveLink, request, setAlias } from '../syscalls/netlink.ts';
import {
  interfaceAddress,
  interfaceIndex,
  interfaceNetmask,
  interfaceSocket,
  interfaceUp,
} from '../syscalls/network.ts';
import { openCheckpoint, release, waitFor } from './02-ipc.ts';
import { makePrivate, mountProc } from './04-mount.ts';
import { becomeRoot, mapIds } from './05-user.ts';

export const title = 'network: an empty one, and a cable to the host';
export const has: readonly Feature[] = ['uts', 'ipc', 'pid', 'mnt', 'user', 'net'];

/** A veth pair whose ends are both still outside. */
export interface Veth {
  /** The end that stays: `lab0`, `lab1`, … */
  readonly name: string;
  readonly index: number;
  readonly peerIndex: number;
  readonly block: Block;
}

// #region make
/**
 * Makes a veth pair. Each pair has a number, and the number chooses its names
 * and addresses; that a name can be taken only once is what keeps two
 * containers from choosing the same. Undefined without root: the host's end
 * belongs to the host's network.
 */
export async function makeVeth(lab: Lab): Promise<Veth | undefined> {
  if (lab.rootless) {
    await lab.tell(
      () => 'Without root there is no veth pair, for one end of it would belong to the host: only lo is up.',
    );
    return undefined;
  }
  const peer = newLinkName(lab.owner);
  for (let number = 0; number < BLOCKS; number++) {
    const name = `lab${number}`;
    try {
      await lab.perform(request(addVeth(name, peer)));
    } catch (error) {
      if (error instanceof CallFailure && error.errno === 'EEXIST') continue;
      throw error;
    }
    const index = await indexOf(lab, name);
    lab.leaves({ kind: 'link', index });
    await lab.perform(request(setAlias(index, lab.owner)));
    return { name, index, peerIndex: await indexOf(lab, peer), block: blockAt(number) };
  }
  throw new Error(`All ${BLOCKS} link-local networks are taken. Run npm run clean.`);
}
// #endregion make

// #region connect
/** The parent's part: moves one end to the child, and gives the other its address. */
export async function connectVeth(lab: Lab, pid: number, veth: Veth | undefined): Promise<void> {
  if (!veth) return;
  await lab.perform(request(moveLink(veth.peerIndex, pid, 'eth0')));
  await lab.perform(setUp(veth.name, veth.block.outside, veth.block.netmask));
}
// #endregion connect

// #region inside
/** The child's part: `lo` up, and its end of the cable named, addressed and up. */
export function setUpNetwork(veth: Veth | undefined): Call[] {
  return [...setUp('lo'), ...(veth ? setUp('eth0', veth.block.inside, veth.block.netmask) : [])];
}

function setUp(name: string, address?: string, netmask = ''): Call[] {
  const socket = interfaceSocket();
  // The netmask comes before the interface is up: an address alone would claim
  // the whole /16, and with it routes that are not ours.
  const addressing = address ? [interfaceAddress(socket, name, address), interfaceNetmask(socket, name, netmask)] : [];
  return [socket, ...addressing, interfaceUp(socket, name), close(socket)];
}
// #endregion inside

async function indexOf(lab: Lab, name: string): Promise<number> {
  const socket = interfaceSocket();
  const { outs } = await lab.perform([socket, interfaceIndex(socket, name), close(socket)]);
  return [...outs.values()][0]?.readInt32LE(16) ?? 0;
}

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const veth = await makeVeth(lab);
  // #region child
  const container = await lab.clone(
    [
      ...waitFor(checkpoint),
      ...becomeRoot(lab),
      sethostname(lab.settings.hostname),
      ...makePrivate(),
      ...mountProc(),
      ...setUpNetwork(veth),
      ...lab.program,
    ],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET,
  );
  // #endregion child
  await mapIds(lab, container.pid);
  await connectVeth(lab, container.pid, veth);
  if (veth) await lab.tell(() => cableText(veth));
  await release(lab, checkpoint);
  return lab.wait(container);
}

export function cableText({ name, block: { outside, inside, prefix } }: Veth): string {
  return `The cable: ${name} ${outside}/${prefix} out here, eth0 ${inside}/${prefix} inside. Try: ping ${inside}`;
}
