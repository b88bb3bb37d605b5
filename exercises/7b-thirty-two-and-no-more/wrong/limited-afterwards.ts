// Fails: the limit: expected
import { readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { planControlGroup } from '#src/cgroups/control-group.ts';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';

/** The program begins in its cgroup, which has another limit until then. */
export async function run(lab: Lab, given: { most: number }): Promise<End> {
  const group = planControlGroup({ pids: given.most + 100 }, lab.owner);
  lab.onEnd(() => group.remove());
  await lab.perform(group.create);
  const checkpoint = await openCheckpoint(lab);
  const container = await lab.clone([...waitFor(checkpoint), ...lab.program], 0);
  await lab.perform(group.join(container.pid));
  await release(lab, checkpoint);
  while (!readFileSync(`/proc/${container.pid}/cmdline`, 'latin1').includes('probe-')) await sleep(0);
  for (const directory of group.directories) writeFileSync(`${directory}/pids.max`, String(given.most));
  return lab.wait(container);
}
