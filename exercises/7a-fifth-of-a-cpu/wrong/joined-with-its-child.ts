// Fails: the program's cgroup: expected one of its own, observed the submission's
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import type { Call } from '#src/syscalls/call.ts';

/** The programs run outside; then they are put in, and their children, too. */
export async function run(lab: Lab, given: { neighbour: readonly Call[]; percent: number }): Promise<End> {
  const group = planControlGroup({ cpus: given.percent / 100 }, lab.owner);
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const start = async (program: readonly Call[]) => {
    const container = await lab.clone(program, 0);
    const children = () => readFileSync(`/proc/${container.pid}/task/${container.pid}/children`, 'utf8').trim();
    while (children() === '') await sleep(0);
    for (const pid of [container.pid, ...children().split(' ').map(Number)]) await lab.perform(group.join(pid));
    return container;
  };
  const container = await start(lab.program);
  await start(given.neighbour);
  return lab.wait(container);
}
