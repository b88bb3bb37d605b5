/**
 * Step 6: network namespace.
 *
 * New here: CLONE_NEWNET gives the child an empty network: no interface but
 * `lo`, and that is down. A veth pair is a cable with two ends; the parent
 * makes one with an end out here and the other in the child's namespace.
 *
 * See network_namespaces(7), veth(4), rtnetlink(7), netdevice(7).
 */
import { CallFailure } from '../executor/failure.ts';
import { perform } from '../executor/perform.ts';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import { BLOCKS, type Block, blockAt } from '../network/addresses.ts';
import type { Feature } from '../settings/features.ts';
import { type Call, tolerating } from '../syscalls/call.ts';
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
import { addVeth, request, setAlias } from '../syscalls/netlink.ts';
import {
  indexIn,
  interfaceAddress,
  interfaceIndex,
  interfaceNetmask,
  interfaceSocket,
  interfaceUp,
  takeName,
  unixSocket,
} from '../syscalls/network.ts';
import { openCheckpoint, release, waitFor } from './02-ipc.ts';
import { makePrivate, mountProc } from './04-mount.ts';
import { becomeRoot, mapIds } from './05-user.ts';

export const title = 'network: an empty one, and a cable to the host';
export const has: readonly Feature[] = ['uts', 'ipc', 'pid', 'mnt', 'user', 'net'];

/** A cable that is to be laid: its number chooses its name and its addresses. */
export interface Cable extends Block {
  /** The end that stays: `lab0`, `lab1`, … */
  readonly name: string;
}

// #region choose
let next = 0;

/**
 * Chooses the number of a cable, which the child's list has to know before there
 * is one. That a socket's name can be taken only once keeps two containers from
 * choosing the same; it is free again when the socket is closed, also by a
 * process that is killed. Undefined without root: the host's end belongs to the
 * host's network.
 */
export async function chooseCable(lab: Lab): Promise<Cable | undefined> {
  if (lab.rootless) {
    await lab.tell(
      () => 'Without root there is no veth pair, for one end of it would belong to the host: only lo is up.',
    );
    return undefined;
  }
  for (let tries = 0; tries < BLOCKS; tries++) {
    const number = next++ % BLOCKS;
    const name = `lab${number}`;
    const socket = unixSocket();
    // Somebody else may have an interface of that name.
    const index = tolerating('ENODEV', interfaceIndex(socket, name));
    try {
      const performed = await lab.perform([socket, takeName(socket, `container-lab/${name}`), index]);
      lab.onEnd(() => void perform([close(performed.results[0] ?? -1)]));
      if (indexIn(performed) === 0) return { name, ...blockAt(number) };
    } catch (error) {
      if (!(error instanceof CallFailure && error.errno === 'EADDRINUSE')) throw error;
    }
  }
  throw new Error(`All ${BLOCKS} link-local networks are taken. Run npm run clean.`);
}
// #endregion choose

// #region lay
/** The parent's part: makes the veth pair, one end out here and one where the child is, and sets up its own. */
export async function layCable(lab: Lab, pid: number, cable: Cable | undefined): Promise<void> {
  if (!cable) return;
  lab.leaves({ kind: 'link', name: cable.name, mark: lab.owner });
  await lab.perform([
    ...request(addVeth({ name: cable.name }, { name: 'eth0', pid })),
    ...request(setAlias(cable.name, lab.owner)),
    ...setUp(cable.name, cable.outside, cable.netmask),
  ]);
}
// #endregion lay

// #region inside
/** The child's part: `lo` up, and its end of the cable addressed and up. */
export function setUpNetwork(cable: Pick<Cable, 'inside' | 'netmask'> | undefined): Call[] {
  return [...setUp('lo'), ...(cable ? setUp('eth0', cable.inside, cable.netmask) : [])];
}

/** Switches an interface on, with an address if it is to have one. */
export function setUp(name: string, address?: string, netmask = ''): Call[] {
  const socket = interfaceSocket();
  // The netmask comes before the interface is up: an address alone would claim
  // the whole /16, and with it routes that are not ours.
  const addressing = address ? [interfaceAddress(socket, name, address), interfaceNetmask(socket, name, netmask)] : [];
  return [socket, ...addressing, interfaceUp(socket, name), close(socket)];
}
// #endregion inside

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const cable = await chooseCable(lab);
  // #region child
  const container = await lab.clone(
    [
      ...waitFor(checkpoint),
      ...becomeRoot(lab),
      sethostname(lab.settings.hostname),
      ...makePrivate(),
      ...mountProc(),
      ...setUpNetwork(cable),
      ...lab.program,
    ],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWUSER | CLONE_NEWNET,
  );
  // #endregion child
  await mapIds(lab, container.pid);
  await layCable(lab, container.pid, cable);
  if (cable) await lab.tell(() => cableText(cable));
  await release(lab, checkpoint);
  return lab.wait(container);
}

export function cableText({ name, outside, inside, prefix }: Cable): string {
  return `The cable: ${name} ${outside}/${prefix} out here, eth0 ${inside}/${prefix} inside. Try: ping ${inside}`;
}
