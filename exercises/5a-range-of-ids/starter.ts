import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { IdRange } from '#src/proc/id-maps.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { becomeRoot, mapIds } from '#src/steps/05-user.ts';
import { CLONE_NEWUSER } from '#src/syscalls/flags.ts';

interface Given {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** Who the program must be, inside. */
  readonly user: number;
  readonly group: number;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  // TODO: the maps that are given, and the program as given.user and given.group.
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone([...waitFor(checkpoint), ...becomeRoot(lab), ...lab.program], CLONE_NEWUSER);
  await mapIds(lab, container.pid);
  await release(lab, checkpoint);
  return lab.wait(container);
}
