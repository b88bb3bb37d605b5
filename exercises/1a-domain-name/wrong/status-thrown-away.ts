// Fails: the exit status: expected
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { setdomainname, sethostname } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab, given: { domain: string }): Promise<End> {
  const container = await lab.clone(
    [sethostname(lab.settings.hostname), setdomainname(given.domain), ...lab.program],
    CLONE_NEWUTS,
  );
  await lab.wait(container);
  return { status: 0 };
}
