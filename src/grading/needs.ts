/** What an exercise needs of a machine and of its user, and what is lacking. */

import type { Need } from '../catalogue/exercise.ts';
import type { Entry } from '../catalogue/exercises.ts';
import { isRootWithIds } from '../proc/id-maps.ts';
import { keepsAttributes } from '../sandbox/attributes.ts';
import { whatCgroupsOffer } from '../sandbox/cgroups.ts';

/** What a sandbox has, or would have. */
export interface Offer {
  /** Whether it has more user ids than one. */
  readonly hasRange: boolean;
  /** What no cgroup limits, a line per reason. */
  readonly unlimited: readonly string[];
  /** Whether one of its cgroups is of version 2. */
  readonly hasVersion2: boolean;
}

/** Why an exercise cannot be checked, in a sentence; undefined if it can. */
export function unmetNeed(needs: readonly Need[], offer: Offer): string | undefined {
  return needs.map((need) => unmet(need, offer)).find((reason) => reason !== undefined);
}

/** The same before there is a sandbox: on this machine, as this user. */
export function unmetHere({ needs = [] }: Pick<Entry, 'needs'>): string | undefined {
  if (needs.length === 0) return undefined;
  return unmetNeed(needs, { hasRange: isRootWithIds(), ...whatCgroupsOffer() });
}

function unmet(need: Need, { hasRange, unlimited, hasVersion2 }: Offer): string | undefined {
  if (need === 'image') return undefined;
  if (need === 'attributes') return keepsAttributes() ? undefined : 'It needs Linux 6.6: attributes in memory.';
  if (need === 'ids') return hasRange ? undefined : 'It needs more user ids than one: grade as root.';
  if (need === 'cgroup2')
    return hasVersion2 ? undefined : 'It needs a cgroup of version 2: grade as root, on a machine that has it mounted.';
  const line = unlimited.find((reason) => reason.split(':')[0]?.split(', ').includes(need));
  return line && `It needs a cgroup. ${line}`;
}
