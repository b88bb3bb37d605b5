/**
 * Puts what both sides report into the order in which it happened.
 *
 * The parent's calls are known at once, the child's arrive over a pipe. Every
 * event has its time on one clock, so each is held back a moment, until nothing
 * earlier can still be on its way.
 */
import type { Site } from '../lab/observer.ts';

export interface Moment {
  readonly kind: 'started' | 'finished' | 'said';
  readonly site?: Site;
  readonly result?: number | undefined;
  readonly line?: string;
  readonly at: bigint;
}

const HOLD_NS = 5_000_000n;
const FLUSH_MS = 6;

export class Timeline {
  readonly #print: (moment: Moment) => void;
  #held: Moment[] = [];
  #timer: NodeJS.Timeout | undefined;

  constructor(print: (moment: Moment) => void) {
    this.#print = print;
  }

  add(moment: Moment): void {
    this.#held.push(moment);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      const due = process.hrtime.bigint() - HOLD_NS;
      // Node may have been late: let it first read what has come over the pipe.
      setImmediate(() => this.#flushUntil(due));
    }, FLUSH_MS);
  }

  /** Prints all that is known: only when the other side stands still. */
  flush(): void {
    this.#flushUntil(process.hrtime.bigint());
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #flushUntil(time: bigint): void {
    this.#held.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
    const due = this.#held.filter(({ at }) => at <= time);
    this.#held = this.#held.slice(due.length);
    for (const moment of due) this.#print(moment);
    if (this.#held.length > 0) this.add(this.#held.pop() as Moment);
  }
}
