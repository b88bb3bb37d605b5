/**
 * A submission that is let to run only step by step: after each call of its own
 * process, its children do first whatever they can do by then. So what is only
 * usually in time, because starting a program takes longer, is too late here.
 */
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { findHierarchies } from '../cgroups/hierarchies.ts';
import type { Observer } from '../lab/observer.ts';
import { freezerOf } from '../leftovers/freezer.ts';
import { callOf, childrenOf, stateOf } from '../proc/stat.ts';
import { nameOfCall } from '../sandbox/call-filter.ts';

const PAUSE_MS = 2;
/** A child before its execve waits for this process: it can sleep for a moment and go on. */
const STILL_LOOKS = 3;
/**
 * In all, for a submission whose children never sleep: about three seconds. It is no
 * time: on a busy machine the children need more of that, and their order stays.
 */
const MOST_LOOKS = 1500;
const ASLEEP = 'SZTX';

export function unhurried(observer: Observer): Observer {
  let left = MOST_LOOKS;
  return {
    ...observer,
    async after(site, result, at) {
      await observer.after(site, result, at);
      if (site.side !== 'parent') return;
      for (let still = 0; still < STILL_LOOKS && left > 0; left--) {
        const children = childrenBelow(process.pid);
        if (children.length === 0) break;
        still = children.every(isStill) ? still + 1 : 0;
        await sleep(PAUSE_MS);
      }
    },
  };
}

/** Whether a process has nothing to do. One whose call the grader looks at sleeps, too, but it will go on by itself. */
export function isStill(pid: number): boolean {
  const state = stateOf(pid) ?? 'X';
  if (state === 'D') return isFrozen(pid);
  if (!ASLEEP.includes(state)) return false;
  const number = callOf(pid);
  return number === undefined || nameOfCall({ number }) === undefined;
}

/** In cgroup v1 who stands still looks like one that waits for a disk. */
function isFrozen(pid: number): boolean {
  try {
    const groups = findHierarchies(
      readFileSync('/proc/self/mountinfo', 'utf8'),
      readFileSync(`/proc/${pid}/cgroup`, 'utf8'),
    );
    return groups.some(({ own }) => freezerOf(own)?.holds(own) === true);
  } catch {
    return false; // It has ended.
  }
}

function childrenBelow(pid: number): number[] {
  const found = childrenOf(pid);
  for (const child of found) found.push(...childrenOf(child));
  return found;
}
