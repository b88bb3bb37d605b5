// Fails: the mounts at the sandbox's /proc: expected 1, observed 2
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import { CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone(
    [...waitFor(checkpoint), sethostname(lab.settings.hostname), ...makePrivate(), ...mountProc(), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID,
  );
  await release(lab, checkpoint);
  return lab.wait(container);
}
