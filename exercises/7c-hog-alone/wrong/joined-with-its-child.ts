// Fails: the program's cgroup: expected one of its own, observed the submission's
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { newOwnerName } from '#src/leftovers/owner.ts';
import type { Call } from '#src/syscalls/call.ts';

interface Given {
  readonly hog: readonly Call[];
  readonly bytes: { readonly program: number; readonly hog: number };
}

export async function run(lab: Lab, { hog, bytes }: Given): Promise<End> {
  const program = await startUnlimited(lab, lab.program, bytes.program);
  await startUnlimited(lab, hog, bytes.hog);
  return lab.wait(program);
}

/** The program runs outside; then it is put in, and its child, too. */
async function startUnlimited(lab: Lab, program: readonly Call[], memory: number) {
  const group = planControlGroup({ memory }, newOwnerName());
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const container = await lab.clone(program, 0);
  const children = () => readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8').trim();
  while (children() === '') await sleep(0);
  for (const pid of [container.pid, ...children().split(' ').map(Number)]) await lab.perform(group.join(pid));
  return container;
}
