// Fails: the program's root: expected the image's, observed the sandbox's
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import { chdir } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWPID, MNT, MS_BIND, MS_REC } from '#src/syscalls/flags.ts';
import { mount, pivotRoot, umount } from '#src/syscalls/mounts.ts';
import { cloneCall } from '#src/syscalls/processes.ts';

/** pivot_root(2) moves the root of all who have the old one: also of a program that has begun there. */
export async function run(lab: Lab): Promise<End> {
  const image = lab.settings.root.path;
  const checkpoint = await openCheckpoint(lab);
  const helper = cloneCall(0, [
    ...waitFor(checkpoint),
    mount(image, image, null, MS_BIND | MS_REC),
    chdir(image),
    ...mountProc('proc'),
    pivotRoot('.', '.'),
    umount('.', MNT.MNT_DETACH),
  ]);
  const container = await lab.clone([...makePrivate(), chdir('/'), helper, ...lab.program], CLONE_NEWPID | CLONE_NEWNS);
  while (!readFileSync(`/proc/${container.pid}/cmdline`, 'latin1').includes('probe-')) await sleep(0);
  await release(lab, checkpoint);
  return lab.wait(container);
}
