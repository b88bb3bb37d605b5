import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { mapText } from '#src/steps/05-user.ts';
import { writeFile } from '#src/syscalls/files.ts';
import { CLONE_NEWUSER } from '#src/syscalls/flags.ts';
import { setGroup, setUser } from '#src/syscalls/identity.ts';

interface Given {
  /** Who the program must be, inside. */
  readonly uid: number;
  readonly gid: number;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone([...waitFor(checkpoint), ...lab.program], CLONE_NEWUSER);
  const identity = mapText([{ inside: 0, outside: 0, count: 1 }]);
  await lab.perform([
    // Needed where this is not real root: user_namespaces(7).
    ...writeFile(`/proc/${container.pid}/setgroups`, 'deny'),
    ...writeFile(`/proc/${container.pid}/uid_map`, identity),
    ...writeFile(`/proc/${container.pid}/gid_map`, identity),
  ]);
  await release(lab, checkpoint);
  return lab.wait(container);
}
