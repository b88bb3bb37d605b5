/**
 * A submission that is let to run only step by step: after each call of its own
 * process, its children do first whatever they can do by then. So what is only
 * usually in time, because starting a program takes longer, is too late here.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Observer } from '../lab/observer.ts';
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
        still = children.every((pid) => ASLEEP.includes(stateOf(pid) ?? 'X')) ? still + 1 : 0;
      }
      left -= Date.now() - begin;
    },
  };
}

function childrenBelow(pid: number): number[] {
  const found = childrenOf(pid);
  for (const child of found) found.push(...childrenOf(child));
  return found;
}
