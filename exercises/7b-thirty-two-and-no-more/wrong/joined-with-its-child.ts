// Fails: the program's cgroup: expected one of its own, observed the submission's
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';

/** The program runs outside; then it is put in, and its child, too. */
export async function run(lab: Lab, given: { most: number }): Promise<End> {
  const group = planControlGroup({ pids: given.most }, lab.owner);
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const container = await lab.clone(lab.program, 0);
  const children = () => readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8').trim();
  while (children() === '') await sleep(0);
  for (const pid of [container.pid, ...children().split(' ').map(Number)]) await lab.perform(group.join(pid));
  return lab.wait(container);
}
