// Fails: the sandbox's links: expected ["lo"], observed
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { chooseCable, layCable, setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWNET } from '#src/syscalls/flags.ts';

interface Given {
  readonly neighbour: readonly Call[];
  readonly addresses: { readonly program: string; readonly neighbour: string };
  readonly netmask: string;
}

export async function run(lab: Lab, { neighbour, addresses, netmask }: Given): Promise<End> {
  await startWithCable(lab, addresses.neighbour, netmask, neighbour);
  return lab.wait(await startWithCable(lab, addresses.program, netmask, lab.program));
}

/** As step 6 does it. */
async function startWithCable(lab: Lab, inside: string, netmask: string, program: readonly Call[]) {
  const checkpoint = await openCheckpoint(lab);
  const cable = await chooseCable(lab);
  const container = await lab.clone(
    [...waitFor(checkpoint), ...setUpNetwork({ inside, netmask }), ...program],
    CLONE_NEWNET,
  );
  await layCable(lab, container.pid, cable);
  await release(lab, checkpoint);
  return container;
}
