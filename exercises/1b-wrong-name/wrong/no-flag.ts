// Fails: the host name of the
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';

interface Given {
  /** What the second container is called. */
  readonly secondName: string;
  /** What the second container becomes. */
  readonly second: readonly Call[];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const first = await start(lab, lab.settings.hostname, lab.program);
  const second = await start(lab, given.secondName, given.second);
  const [end] = await Promise.all([lab.wait(first), lab.wait(second)]);
  return end;
}

/** Starts a container that has a name. */
async function start(lab: Lab, name: string, program: readonly Call[]) {
  return lab.clone([sethostname(name), ...program], 0);
}
