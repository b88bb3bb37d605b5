/** Has the right state, and then never ends. */
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { setdomainname, sethostname } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab, given: { domain: string }): Promise<never> {
  await lab.clone([sethostname(lab.settings.hostname), setdomainname(given.domain), ...lab.program], CLONE_NEWUTS);
  for (;;) await new Promise((resolve) => setTimeout(resolve, 1000));
}
