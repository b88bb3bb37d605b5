import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWNET } from '#src/syscalls/flags.ts';

interface Given {
  /** What the other containers become. */
  readonly friend: readonly Call[];
  readonly stranger: readonly Call[];
  readonly router: readonly Call[];
  readonly addresses: {
    readonly program: string;
    readonly friend: string;
    readonly stranger: string;
    /** In the network of the program, and in that of the stranger. */
    readonly router: { readonly one: string; readonly two: string };
  };
  /** For all of them. */
  readonly netmask: string;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  // TODO: two networks. Each container needs its cables, addresses and routes before
  // its program begins.
  const program = await start(lab, lab.program);
  await start(lab, given.friend);
  await start(lab, given.stranger);
  await start(lab, given.router);
  return lab.wait(program);
}

function start(lab: Lab, program: readonly Call[]) {
  return lab.clone([...setUpNetwork(undefined), ...program], CLONE_NEWNET);
}
