// Fails: the program's root: expected the image's top, observed the sandbox's top
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '#src/executor/child.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { chdir, chroot } from '#src/syscalls/files.ts';
import { CLONE_NEWPID, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname, unshare } from '#src/syscalls/namespaces.ts';

/** Whoever has the same root and working directory moves them for all who have: clone(2). */
const CLONE_FS = 0x200;

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const twin = new Child([...waitFor(checkpoint), chroot(lab.settings.root.path), chdir('/')], CLONE_FS, {});
  const container = new Child(
    [sethostname(lab.settings.hostname), ...lab.program],
    CLONE_FS | CLONE_NEWUTS | CLONE_NEWPID,
    {},
  );
  while (!readFileSync(`/proc/${container.pid}/cmdline`, 'latin1').includes('probe-')) await sleep(0);
  await lab.perform([unshare(CLONE_FS)]);
  await release(lab, checkpoint);
  await twin.wait();
  return container.wait();
}
