/**
 * Step 11: a network of containers.
 *
 * What later steps stand on: `prepare`, `inside` and `arrange` are all that
 * steps 1 to 11 have taught. The container waits until `release` lets it go.
 */
import type { ControlGroup } from '../cgroups/control-group.ts';
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Resources } from '../settings/resources.ts';
import type { Call } from '../syscalls/call.ts';
import { type Checkpoint, openCheckpoint, release } from './02-ipc.ts';
import { mapIds } from './05-user.ts';
import { type Cable, chooseCable, layCable, setUpNetwork } from './06-net.ts';
import { joinGroup, makeGroup, reportGroup } from './07-cgroups.ts';
import { isolate, NAMESPACES } from './08-chroot.ts';
import { openImage } from './08-image.ts';
import { enterRoot, type PreparedRoot, prepareRoot } from './10-overlay.ts';

/** What a container needs before there is one. */
export interface Prepared {
  readonly checkpoint: Checkpoint;
  readonly root: PreparedRoot;
  readonly group: ControlGroup;
  readonly cable: Cable | undefined;
}

/** The parent's part before the clone; `resources` are the settings' if nothing is said. A later step can make another cgroup. */
export async function prepare(lab: Lab, resources?: Resources, make = makeGroup): Promise<Prepared> {
  return {
    checkpoint: await openCheckpoint(lab),
    root: await prepareRoot(lab, await openImage(lab)),
    group: await make(lab, resources),
    cable: await chooseCable(lab),
  };
}

/** The child's part before the program; it begins in `root.layers.stage`. `besides` is made in the image before the old root goes. */
export function inside(lab: Lab, { checkpoint, cable, root }: Prepared, besides?: readonly Call[]): Call[] {
  return [...isolate(lab, checkpoint), ...setUpNetwork(cable), ...enterRoot(lab, root, besides)];
}

/** The parent's part while the child waits. */
export async function arrange(lab: Lab, pid: number, { cable, group }: Prepared): Promise<void> {
  await mapIds(lab, pid);
  await layCable(lab, pid, cable);
  await joinGroup(lab, group, pid);
}

export async function run(lab: Lab): Promise<End> {
  const prepared = await prepare(lab);
  // #region child
  const container = await lab.clone([...inside(lab, prepared), ...lab.program], NAMESPACES, {
    directory: prepared.root.layers.stage,
  });
  // #endregion child
  await arrange(lab, container.pid, prepared);
  await release(lab, prepared.checkpoint);
  const end = await lab.wait(container);
  await reportGroup(lab, prepared.group);
  return end;
}
