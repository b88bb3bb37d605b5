/** All that is tried as one user, as values that fit through a pipe. */
import { planControlGroup } from '../cgroups/control-group.ts';
import { newOwnerName } from '../leftovers/owner.ts';
import { allowedCpus } from '../proc/status.ts';
import { cpuList } from '../settings/resources.ts';
import { steps } from '../steps/index.ts';
import type { Who } from './needs.ts';
import { rehearse } from './rehearsal.ts';
import type { Limiting, Refusal } from './verdict.ts';

export interface Trials {
  /** By step; null for one that ran. */
  readonly failures: readonly (Refusal | null)[];
  readonly limiting: Limiting;
}

export async function tryAll(who: Who): Promise<Trials> {
  const failures: (Refusal | null)[] = [];
  for (const step of steps) failures.push((await rehearse(step, who)) ?? null);
  return { failures, limiting: tryLimits() };
}

/** Plans a cgroup with every kind of limit. Making none, it leaves none. */
export function tryLimits(): Limiting {
  const [cpu = 0] = cpuList(allowedCpus());
  const resources = {
    memory: 2 ** 26,
    cpus: 0.5,
    cpuShares: 512,
    cpusetCpus: String(cpu),
    pids: 20,
    deviceWriteBps: 2 ** 20,
  };
  const { directories, missing } = planControlGroup(resources, newOwnerName());
  const devices = planControlGroup({ devices: [] }, newOwnerName()).missing;
  return { possible: directories.length > 0, missing, devices };
}
