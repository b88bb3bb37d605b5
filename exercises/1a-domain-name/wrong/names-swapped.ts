// Fails: the host name inside: expected
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { setdomainname, sethostname } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab, given: { domain: string }): Promise<End> {
  const container = await lab.clone(
    [sethostname(given.domain), setdomainname(lab.settings.hostname), ...lab.program],
    CLONE_NEWUTS,
  );
  return lab.wait(container);
}
