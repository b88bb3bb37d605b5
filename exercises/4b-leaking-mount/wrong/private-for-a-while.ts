// Fails: the sandbox's mounts are: expected shared, as before, observed shared again
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import { CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS, MS_REC, MS_SHARED } from '#src/syscalls/flags.ts';
import { mount } from '#src/syscalls/mounts.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';

/** The sandbox's own tree is made private, and shared again once it has been copied. */
export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  await lab.perform(makePrivate());
  const container = await lab.clone(
    [...waitFor(checkpoint), sethostname(lab.settings.hostname), ...mountProc(), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS,
  );
  await lab.perform([mount('none', '/', null, MS_REC | MS_SHARED)]);
  await release(lab, checkpoint);
  return lab.wait(container);
}
