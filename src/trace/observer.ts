/** `--trace`: an observer that prints every call of both sides, in order. */
import type { Observer } from '../lab/observer.ts';
import type { Call } from '../syscalls/call.ts';
import { type Moment, Timeline } from './timeline.ts';

/**
 * A program that is started takes over the terminal: the child waits before
 * execve until all that led to it is printed.
 */
export function traceObserver(print: (moment: Moment) => void): Observer {
  const timeline = new Timeline(print);
  return {
    gates: isExec,
    before(site, at) {
      timeline.add({ kind: 'started', site, at });
      if (isExec(site.call)) timeline.flush();
    },
    after: (site, result, at) => timeline.add({ kind: 'finished', site, result, at }),
    say: (line) => timeline.add({ kind: 'said', line, at: process.hrtime.bigint() }),
    end: () => timeline.flush(),
  };
}

/** Whether a call starts a program. The walker, which only goes on with the list, is none. */
export function isExec(call: Call): boolean {
  return call.info.leaves === 'for a program' && !call.handsOver;
}
