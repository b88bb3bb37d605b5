// Fails: the parent's namespace for its children: expected the parent's own, observed another one
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWPID, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname, unshare } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab): Promise<End> {
  await lab.perform([unshare(CLONE_NEWPID)]);
  const container = await lab.clone([sethostname(lab.settings.hostname), ...lab.program], CLONE_NEWUTS);
  return lab.wait(container);
}
