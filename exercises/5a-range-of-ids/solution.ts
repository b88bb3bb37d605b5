import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { IdRange } from '#src/proc/id-maps.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { mapText } from '#src/steps/05-user.ts';
import { writeFile } from '#src/syscalls/files.ts';
import { CLONE_NEWUSER } from '#src/syscalls/flags.ts';
import { dropGroups, setGroup, setUser } from '#src/syscalls/identity.ts';

interface Given {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** Who the program must be, inside. */
  readonly user: number;
  readonly group: number;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone(
    [...waitFor(checkpoint), dropGroups(), setGroup(given.group), setUser(given.user), ...lab.program],
    CLONE_NEWUSER,
  );
  await lab.perform([
    ...writeFile(`/proc/${container.pid}/uid_map`, mapText(given.uids)),
    ...writeFile(`/proc/${container.pid}/gid_map`, mapText(given.gids)),
  ]);
  await release(lab, checkpoint);
  return lab.wait(container);
}
