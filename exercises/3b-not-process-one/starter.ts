import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWPID, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname, unshare } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab): Promise<End> {
  const container = await lab.clone(
    [
      // First the namespaces,
      unshare(CLONE_NEWUTS),
      unshare(CLONE_NEWPID),
      // then what belongs into them.
      sethostname(lab.settings.hostname),
      ...lab.program,
    ],
    0,
  );
  return lab.wait(container);
}
