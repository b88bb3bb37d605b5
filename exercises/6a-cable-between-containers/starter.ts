import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWNET } from '#src/syscalls/flags.ts';
import { addVeth, request } from '#src/syscalls/netlink.ts';

interface Given {
  /** What the other container becomes. */
  readonly neighbour: readonly Call[];
  readonly addresses: { readonly program: string; readonly neighbour: string };
  /** For both ends. */
  readonly netmask: string;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  // TODO: a cable. `lab.perform(request(addVeth({ name: 'one' }, { name: 'other' })))`
  // makes one, with both ends out here; with a `pid` beside its name, an end is made
  // in the network of that process. `setUpNetwork` shows what is left to do inside.
  const program = await lab.clone([...setUpNetwork(undefined), ...lab.program], CLONE_NEWNET);
  await lab.clone([...setUpNetwork(undefined), ...given.neighbour], CLONE_NEWNET);
  return lab.wait(program);
}
