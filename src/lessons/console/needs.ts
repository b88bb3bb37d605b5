/** Whether this machine has what a console block needs. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findHierarchies } from '../../cgroups/hierarchies.ts';
import { isRoot, obstacleFor, ordinaryPerson } from './person.ts';
import type { NeedName } from './transcript.ts';

export interface Unmet {
  readonly need: NeedName;
  readonly reason: string;
  /** Whether a machine on which all tests must run may be without it. */
  readonly excusable: boolean;
}

const CONTROLLERS = ['memory', 'cpu'];

/** Gives the first need that is not met, if there is one. */
export function unmetNeed(needs: readonly NeedName[], kit: string): Unmet | undefined {
  for (const need of needs) {
    const unmet = CHECKS[need](kit);
    if (unmet) return { need, ...unmet };
  }
  return undefined;
}

const CHECKS: Readonly<Record<NeedName, (kit: string) => Omit<Unmet, 'need'> | undefined>> = {
  root: () => (isRoot() ? undefined : { reason: 'needs root', excusable: false }),
  user: (kit) => {
    const reason = obstacleFor(ordinaryPerson(), kit);
    return reason === undefined ? undefined : { reason, excusable: true };
  },
  v1: () => cgroupVersion(1),
  v2: () => cgroupVersion(2),
  network: () => {
    const routes = readFileSync('/proc/net/route', 'utf8').split('\n');
    const hasDefault = routes.some((line) => line.split('\t')[1] === '00000000');
    return hasDefault ? undefined : { reason: 'needs a route to other machines', excusable: true };
  },
};

/** No controller is in both versions at once, so one of the two is always missing. */
function cgroupVersion(version: 1 | 2): Omit<Unmet, 'need'> | undefined {
  if (hasControllers(version)) return undefined;
  const reason = `needs the ${CONTROLLERS.join(' and ')} controllers in cgroup v${version}`;
  return { reason, excusable: hasControllers(version === 1 ? 2 : 1) };
}

function hasControllers(version: 1 | 2): boolean {
  const [mountinfo, cgroup] = ['mountinfo', 'cgroup'].map((name) => readFileSync(`/proc/self/${name}`, 'utf8'));
  const there = findHierarchies(mountinfo ?? '', cgroup ?? '')
    .filter((hierarchy) => hierarchy.version === version)
    .flatMap(({ controllers, mountPoint }) => (version === 1 ? controllers : controllersAt(mountPoint)));
  return CONTROLLERS.every((name) => there.includes(name));
}

function controllersAt(directory: string): string[] {
  try {
    return readFileSync(join(directory, 'cgroup.controllers'), 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}
