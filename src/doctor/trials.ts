/** All that is tried as one user, as values that fit through a pipe. */
import { fileURLToPath } from 'node:url';
import { planControlGroup } from '../cgroups/control-group.ts';
import { CallFailure } from '../executor/failure.ts';
import { perform } from '../executor/perform.ts';
import { openImage } from '../lab/image.ts';
import { Lab } from '../lab/lab.ts';
import { newOwnerName } from '../lab/owner.ts';
import { DEFAULTS } from '../lab/settings.ts';
import { deleteLink, request } from '../syscalls/netlink.ts';
import { read } from './facts.ts';
import { STEP_NAMES, type Who } from './needs.ts';
import { failureOf, tryStep } from './trial.ts';
import type { Failure } from './verdict.ts';

export interface Limiting {
  /** Whether any of the limits of step 7 can be set. */
  readonly possible: boolean;
  /** Those that cannot, one line per reason. */
  readonly missing: readonly string[];
}

export interface Trials {
  /** By step; null for one that ran. */
  readonly failures: readonly (Failure | null)[];
  readonly limiting: Limiting;
}

export async function tryAll(who: Who): Promise<Trials> {
  const failures: (Failure | null)[] = [];
  for (const step of STEP_NAMES.keys()) failures.push(await tryOne(step, who));
  return { failures, limiting: tryLimits() };
}

/** Tries one step: its child, and with root what it asks of the host's side. */
export async function tryOne(step: number, who: Who): Promise<Failure | null> {
  const failure = await tryStep(step, who);
  if (failure || who === 'rootless') return failure ?? null;
  return (step >= 6 && (await tryHostNetwork())) || (step >= 8 && (await tryImage())) || null;
}

/** Plans a cgroup with every kind of limit. Making none, it leaves none. */
export function tryLimits(): Limiting {
  const cpusetCpus = /^Cpus_allowed_list:\s*(\d+)/m.exec(read('/proc/self/status') ?? '')?.[1] ?? '0';
  const limits = { memory: 2 ** 26, cpus: 0.5, cpuShares: 512, cpusetCpus, pids: 20, deviceWriteBps: 2 ** 20 };
  const { directories, missing } = planControlGroup(limits, newOwnerName());
  return { possible: directories.length > 0, missing };
}

const NO_INTERFACE = 0x7fffffff;

/** Asks to delete an interface that is not there: the kernel looks at rights first, and ENODEV means that they suffice. */
async function tryHostNetwork(): Promise<Failure | undefined> {
  try {
    perform(request(deleteLink(NO_INTERFACE)));
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    return error.errno === 'ENODEV' ? undefined : failureOf(error);
  }
  return undefined;
}

/** Opens the kit's own folder as an image: one that belongs to real root is mounted with its ids mapped, unattached. */
async function tryImage(): Promise<Failure | undefined> {
  const rootfs = fileURLToPath(new URL('../..', import.meta.url));
  const lab = new Lab({ settings: { ...DEFAULTS, rootfs }, program: () => [] });
  try {
    await openImage(lab);
  } catch (error) {
    if (!(error instanceof CallFailure)) throw error;
    return failureOf(error);
  } finally {
    await lab.end();
  }
  return undefined;
}
