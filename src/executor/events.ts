/** What a child reports over its event pipe: struct event of native/program.h. */
import { readSync } from 'node:fs';

export interface ChildEvent {
  readonly kind: 'started' | 'finished';
  readonly index: number;
  readonly result: number;
  /** CLOCK_MONOTONIC, in nanoseconds; comparable with process.hrtime.bigint(). */
  readonly at: bigint;
}

const SIZE = 24;

/** Cuts what arrives into events and keeps what is left over for the next time. */
export class EventDecoder {
  #rest = Buffer.alloc(0);

  decode(bytes: Buffer): ChildEvent[] {
    const all = Buffer.concat([this.#rest, bytes]);
    const whole = Math.floor(all.length / SIZE);
    this.#rest = all.subarray(whole * SIZE);
    return Array.from({ length: whole }, (_, index) => eventAt(all, index * SIZE));
  }
}

function eventAt(bytes: Buffer, at: number): ChildEvent {
  return {
    kind: bytes.readUInt32LE(at) === 1 ? 'started' : 'finished',
    index: bytes.readUInt32LE(at + 4),
    result: Number(bytes.readBigInt64LE(at + 8)),
    at: bytes.readBigUInt64LE(at + 16),
  };
}

// More than the longest list can report, and less than a pipe holds.
const ROOM = Buffer.alloc(SIZE * 512);

/** Reads to the end of the pipe: only for a child that has ended or become its program. */
export function readEvents(fd: number): ChildEvent[] {
  const length = readSync(fd, ROOM);
  return Array.from({ length: Math.floor(length / SIZE) }, (_, index) => eventAt(ROOM, index * SIZE));
}
