// Fails: the sandbox's domain name: expected
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { setdomainname, sethostname } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab, given: { domain: string }): Promise<End> {
  // The child's names begin as a copy of these, so that all looks right inside.
  await lab.perform([setdomainname(given.domain)]);
  const container = await lab.clone([sethostname(lab.settings.hostname), ...lab.program], CLONE_NEWUTS);
  return lab.wait(container);
}
