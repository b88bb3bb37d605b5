/** Cgroups that runs of this kit have left behind. */
import { readFileSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { isAbandoned } from '../leftovers/owner.ts';
import { cgroupMountPoints } from './hierarchies.ts';
import { isLeaf, moveUp } from './leaf.ts';
import { emptyAndRemove, hasOtherRuns, subdirectories } from './removal.ts';

/** Far deeper than cgroups nest; a bind mount of a tree into itself must not go on for ever. */
const DEPTH = 32;

/**
 * Removes every cgroup, in any hierarchy that is mounted here, that a run left
 * behind whose process is gone; what still runs inside is killed. Others are
 * only looked at. Gives the directories that were removed. What a dead run
 * had switched on in a parent's cgroup.subtree_control stays on: nobody can
 * tell any more who else has come to need it.
 */
export function removeAbandonedGroups(): string[] {
  const mountPoints = cgroupMountPoints(readFileSync('/proc/self/mountinfo', 'utf8'));
  const found = mountPoints.flatMap((mountPoint) => abandonedBelow(mountPoint, DEPTH));
  const runs = found.filter((directory) => !isLeaf(directory));
  const left = emptyAndRemove(runs);
  const emptied = found.filter(isLeaf).filter(vacated);
  return [...runs.filter((directory) => !left.includes(directory)), ...emptied];
}

function abandonedBelow(directory: string, depth: number): string[] {
  if (isAbandoned(basename(directory))) return [directory];
  if (depth === 0) return [];
  try {
    return subdirectories(directory).flatMap((below) => abandonedBelow(below, depth - 1));
  } catch {
    // It went away while we looked, or we may not look.
    return [];
  }
}

/** A leaf holds the processes that were there before the kit, so they move instead of dying. */
function vacated(leaf: string): boolean {
  if (hasOtherRuns(dirname(leaf))) return false;
  try {
    moveUp(leaf);
    return true;
  } catch {
    return false;
  }
}
