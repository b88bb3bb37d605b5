import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';
import { type Capability, CLONE_NEWPID } from '#src/syscalls/flags.ts';
import { setCapabilities } from '#src/syscalls/identity.ts';

/** Such as `['CAP_KILL', 'CAP_CHOWN']`. */
interface Given {
  readonly kept: readonly Capability[];
}

/** All the others are gone, for good. */
function giveUp(kept: readonly Capability[]): Call[] {
  return [setCapabilities({ effective: kept, permitted: kept, inheritable: [] })];
}

export async function run(lab: Lab, { kept }: Given): Promise<End> {
  const container = await lab.clone([...giveUp(kept), ...lab.program], CLONE_NEWPID);
  return lab.wait(container);
}
