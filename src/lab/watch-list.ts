/** Turns what a child reports into what an observer sees. */
import type { Child, ChildWatcher } from '../executor/child.ts';
import type { Call } from '../syscalls/call.ts';
import type { Observer, Site } from './observer.ts';

/**
 * Events are handed on one after the other: the next one waits until the
 * observer has done with the last, as with `--pause` at a prompt.
 */
export function watchList(observer: Observer): ChildWatcher {
  const results = new Map<Call, number>();
  let queue: Promise<void> = Promise.resolve();
  let running: Site | undefined;

  return {
    isGated: (call) => observer.gates(call),

    onEvent(child, event, release) {
      const call = child.list[event.index];
      if (!call) return;
      const outs = event.kind === 'finished' ? child.outsOf(call) : undefined;
      const site: Site = { side: 'child', pid: child.pid, call, known: { results, outs } };
      queue = queue.then(async () => {
        if (event.kind === 'started') {
          running = site;
          await observer.before(site, event.at);
          if (observer.gates(call)) release();
        } else {
          running = undefined;
          results.set(call, event.result);
          await observer.after(site, event.result, event.at);
        }
      });
    },

    // The pipe ended in the middle of a call: that execve came true.
    onListEnd(child: Child) {
      queue = queue.then(async () => {
        if (running && !child.hasEnded) await observer.after(running, 0, process.hrtime.bigint());
      });
      return queue;
    },
  };
}
