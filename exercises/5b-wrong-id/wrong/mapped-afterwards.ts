// Fails: the map of user ids: expected
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { mapText } from '#src/steps/05-user.ts';
import { writeFile } from '#src/syscalls/files.ts';
import { CLONE_NEWUSER } from '#src/syscalls/flags.ts';

/** The program begins as nobody, and is somebody when it is looked at. */
export async function run(lab: Lab, given: { uid: number; gid: number }): Promise<End> {
  const container = await lab.clone(lab.program, CLONE_NEWUSER);
  while (!readFileSync(`/proc/${container.pid}/cmdline`, 'latin1').includes('probe-')) await sleep(0);
  await lab.perform([
    ...writeFile(`/proc/${container.pid}/setgroups`, 'deny'),
    ...writeFile(`/proc/${container.pid}/uid_map`, mapText([{ inside: given.uid, outside: 0, count: 1 }])),
    ...writeFile(`/proc/${container.pid}/gid_map`, mapText([{ inside: given.gid, outside: 0, count: 1 }])),
  ]);
  return lab.wait(container);
}
