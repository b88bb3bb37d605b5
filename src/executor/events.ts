/** What a child reports over a channel while somebody watches: struct event of native/program.h. */

const KINDS = ['started', 'leaving', 'finished'] as const;

export interface ChildEvent {
  /** `leaving`: a call is being made that does not come back if it succeeds, such as execve. */
  readonly kind: (typeof KINDS)[number];
  /** The call's row, among those of all lists. */
  readonly index: number;
  readonly result: number;
  /** CLOCK_MONOTONIC, in nanoseconds; comparable with process.hrtime.bigint(). */
  readonly at: bigint;
  /** What the kernel has written into the call's out-arguments. */
  readonly answer: Buffer;
}

const SIZE = 32;

/**
 * Cuts what arrives into events and keeps what is left over for the next time. A
 * child that has gone into a time namespace has another clock from then on: where
 * its time goes back, it goes on from where it was.
 */
export class EventDecoder {
  #rest = Buffer.alloc(0);
  #last = 0n;
  #lag = 0n;

  decode(bytes: Buffer): ChildEvent[] {
    const all = Buffer.concat([this.#rest, bytes]);
    const events: ChildEvent[] = [];
    let at = 0;
    while (at + SIZE <= all.length) {
      const end = at + SIZE + all.readUInt32LE(at + 24);
      if (end > all.length) break;
      events.push(this.#onOneClock(eventAt(all, at, end)));
      at = end;
    }
    this.#rest = all.subarray(at);
    return events;
  }

  #onOneClock(event: ChildEvent): ChildEvent {
    if (event.at + this.#lag < this.#last) this.#lag = this.#last - event.at;
    this.#last = event.at + this.#lag;
    return { ...event, at: this.#last };
  }
}

function eventAt(bytes: Buffer, at: number, end: number): ChildEvent {
  return {
    kind: KINDS[bytes.readUInt32LE(at) - 1] ?? 'finished',
    index: bytes.readUInt32LE(at + 4),
    result: Number(bytes.readBigInt64LE(at + 8)),
    at: bytes.readBigUInt64LE(at + 16),
    answer: bytes.subarray(at + SIZE, end),
  };
}
