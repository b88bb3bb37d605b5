// Fails: the sandbox's mount table: expected as it was, the whole time, observed something was mounted or unmounted there
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import { write } from '#src/syscalls/files.ts';
import { CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { umount } from '#src/syscalls/mounts.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';

/** The mount leaks, and is taken away out there before the program begins. */
export async function run(lab: Lab): Promise<End> {
  const [mounted, cleaned] = [await openCheckpoint(lab), await openCheckpoint(lab)];
  const container = await lab.clone(
    [
      sethostname(lab.settings.hostname),
      ...mountProc(),
      ...makePrivate(),
      write(mounted.writeEnd, '.'),
      ...waitFor(cleaned),
      ...lab.program,
    ],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS,
  );
  await lab.perform(waitFor(mounted));
  await lab.perform([umount('/proc')]);
  await release(lab, cleaned);
  return lab.wait(container);
}
