import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';

interface Given {
  /** The domain name that the container must have. */
  readonly domain: string;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  // TODO: the container must have given.domain as its domain name.
  const container = await lab.clone([sethostname(lab.settings.hostname), ...lab.program], CLONE_NEWUTS);
  return lab.wait(container);
}
