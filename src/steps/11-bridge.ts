/**
 * Step 11: a network of containers.
 *
 * New here: a bridge, the kernel's own switch, in place of the cable to the
 * host. Each container has an address on it and a default route through it, so
 * containers reach one another, and by way of this machine everybody else. What
 * goes out bears this machine's address; what comes in to a published port is
 * led inside.
 *
 * See bridge(8), route(8), nft(8), ip-sysctl.rst in the kernel's documentation.
 */
import type { ControlGroup } from '../cgroups/control-group.ts';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import type { Resources } from '../settings/resources.ts';
import type { Call } from '../syscalls/call.ts';
import { type Checkpoint, openCheckpoint, release } from './02-ipc.ts';
import { mapIds } from './05-user.ts';
import { joinGroup, makeGroup, reportGroup } from './07-cgroups.ts';
import { isolate, NAMESPACES } from './08-chroot.ts';
import { openImage } from './08-image.ts';
import { has as before, enterRoot, type PreparedRoot, prepareRoot } from './10-overlay.ts';
import { type Connection, connect, prepareConnection, setUpConnection } from './11-connection.ts';

export const title = 'bridge: a network of containers';
export const has: readonly Feature[] = [...before, 'bridge'];

/** What a container needs before there is one. */
export interface Prepared {
  readonly checkpoint: Checkpoint;
  readonly root: PreparedRoot;
  readonly group: ControlGroup;
  readonly connection: Connection;
}

/**
 * The parent's part before the clone; `resources` are the settings' if nothing is said. A later
 * step can make another cgroup.
 */
export async function prepare(lab: Lab, resources?: Resources, make = makeGroup): Promise<Prepared> {
  return {
    checkpoint: await openCheckpoint(lab),
    root: await prepareRoot(lab, await openImage(lab)),
    group: await make(lab, resources),
    connection: await prepareConnection(lab),
  };
}

// #region inside
/**
 * The child's part before the program; it begins in `root.layers.stage`. `besides` is made in the
 * image before the old root goes.
 */
export function inside(lab: Lab, { checkpoint, root, connection }: Prepared, besides?: readonly Call[]): Call[] {
  const { hosts } = connection;
  return [
    ...isolate(lab, checkpoint),
    ...setUpConnection(connection),
    ...hosts.before,
    ...enterRoot(lab, root, besides),
    ...hosts.after,
  ];
}

/** The parent's part while the child waits. */
export async function arrange(lab: Lab, pid: number, { group, connection }: Prepared): Promise<void> {
  await mapIds(lab, pid);
  await connect(lab, pid, connection);
  await joinGroup(lab, group, pid);
}
// #endregion inside

export async function run(lab: Lab): Promise<End> {
  const prepared = await prepare(lab);
  const container = await lab.clone([...inside(lab, prepared), ...lab.program], NAMESPACES, {
    directory: prepared.root.layers.stage,
  });
  await arrange(lab, container.pid, prepared);
  await release(lab, prepared.checkpoint);
  const end = await lab.wait(container);
  await reportGroup(lab, prepared.group);
  return end;
}
