// Fails: the host name inside: expected
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWPID, CLONE_NEWUTS } from '#src/syscalls/flags.ts';

export async function run(lab: Lab): Promise<End> {
  const container = await lab.clone([...lab.program], CLONE_NEWUTS | CLONE_NEWPID);
  return lab.wait(container);
}
