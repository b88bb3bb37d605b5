// Fails: the sandbox's host name: expected
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { setdomainname, sethostname } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab, given: { domain: string }): Promise<End> {
  const container = await lab.clone(
    [sethostname(lab.settings.hostname), setdomainname(given.domain), ...lab.program],
    0,
  );
  return lab.wait(container);
}
