import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { setdomainname, sethostname } from '#src/syscalls/namespaces.ts';

interface Given {
  /** The domain name that the container must have. */
  readonly domain: string;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const container = await lab.clone(
    [sethostname(lab.settings.hostname), setdomainname(given.domain), ...lab.program],
    CLONE_NEWUTS,
  );
  return lab.wait(container);
}
