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
import { childrenOf, stateOf } from '../proc/stat.ts';

const PAUSE_MS = 2;
/** A child before its execve waits for this process: it can sleep for a moment and go on. */
const STILL_LOOKS = 3;
/** In all, for a submission whose children never sleep. */
const MOST_MS = 3000;
const ASLEEP = 'SZTX';

export function unhurried(observer: Observer): Observer {
  let left = MOST_MS;
  return {
    ...observer,
    async after(site, result, at) {
      await observer.after(site, result, at);
      if (site.side !== 'parent') return;
      const begin = Date.now();
      for (let still = 0; still < STILL_LOOKS && Date.now() - begin < left; await sleep(PAUSE_MS)) {
        const children = childrenBelow(process.pid);
        if (children.length === 0) break;
        still = children.every(canDoNoMore) ? still + 1 : 0;
      }
      left -= Date.now() - begin;
    },
  };
}

function canDoNoMore(pid: number): boolean {
  const state = stateOf(pid) ?? 'X';
  return ASLEEP.includes(state) || (state === 'D' && isFrozen(pid));
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
