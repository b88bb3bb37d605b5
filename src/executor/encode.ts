/**
 * Packs a list of calls into the block of memory that native/program.h
 * describes. Everything that the child will need is in that block.
 */
import { type Call, isCall, isOut, isStruct, type Out, type Struct } from '../syscalls/call.ts';
import { errnoNumber } from '../syscalls/errno.ts';
import { findCall } from './native.ts';

const MAGIC = 0x3142414c;
const HEADER = 16;
const STEP = 64;
const MAX_CALLS = 255;

export interface Program {
  readonly block: Buffer;
  /** Where each out-argument lies in the block. */
  readonly outs: ReadonlyMap<Out, number>;
}

/** Packs `list`; the calls that `isGated` picks will wait for a byte first. */
export function encode(list: readonly Call[], isGated: (call: Call) => boolean = () => false): Program {
  if (list.length > MAX_CALLS) throw new RangeError(`A list has at most ${MAX_CALLS} calls, not ${list.length}.`);
  const area = new Area(HEADER + list.length * STEP);

  list.forEach((call, index) => {
    const at = HEADER + index * STEP;
    area.bytes.writeUInt32LE(findCall(call.info.name), at);
    area.bytes.writeInt32LE(call.tolerated ? errnoNumber(call.tolerated) : 0, at + 4);
    area.bytes[at + 62] = isGated(call) ? 1 : 0;
    area.bytes[at + 63] = call.least ?? 0;
    call.args.forEach((argument, position) => {
      const word = at + 8 + position * 8;
      if (argument === null) return;
      if (typeof argument === 'number' || typeof argument === 'bigint') {
        area.bytes.writeBigInt64LE(BigInt(argument), word);
      } else if (isCall(argument)) {
        area.bytes[at + 56 + position] = 1 + indexBefore(list, argument, index);
      } else {
        area.point(word, area.put(argument));
      }
    });
  });
  return { block: area.finish(list.length), outs: area.outs };
}

function indexBefore(list: readonly Call[], argument: Call, index: number): number {
  const found = list.indexOf(argument);
  if (found >= 0 && found < index) return found;
  throw new Error(
    `${list[index]?.info.name} uses the result of ${argument.info.name} before that call is made: ` +
      'put it earlier in the same list.',
  );
}

/**
 * The block as it grows: header and rows, and behind them what arguments point
 * at: strings, vectors of strings, structures, room for answers.
 */
class Area {
  /** Zeros, where nothing has been put yet. */
  bytes: Buffer;
  readonly outs = new Map<Out, number>();
  readonly #fixups: number[] = [];
  #end: number;

  constructor(start: number) {
    this.bytes = Buffer.alloc(start + 512);
    this.#end = start;
  }

  /** Stores an argument and gives its offset. */
  put(argument: string | readonly string[] | Struct | Out): number {
    if (typeof argument === 'string') return this.#putString(argument);
    if (Array.isArray(argument)) return this.#putVector(argument);
    if (isStruct(argument as Struct)) return this.#putBytes((argument as Struct).bytes);
    if (!isOut(argument as Out)) throw new TypeError('Not an argument of a system call.');
    const out = argument as Out;
    const offset = this.#putBytes(out.initial ?? [], out.size);
    this.outs.set(out, offset);
    return offset;
  }

  /** Makes a word point at an offset. */
  point(word: number, offset: number): void {
    this.bytes.writeUInt32LE(offset, word);
    this.#fixups.push(word);
  }

  finish(steps: number): Buffer {
    const fixups = this.#reserve(this.#fixups.length * 4);
    this.#fixups.forEach((word, index) => {
      this.bytes.writeUInt32LE(word, fixups + index * 4);
    });
    const size = fixups + this.#fixups.length * 4;
    this.bytes.writeUInt32LE(MAGIC, 0);
    this.bytes.writeUInt32LE(steps, 4);
    this.bytes.writeUInt32LE(this.#fixups.length, 8);
    this.bytes.writeUInt32LE(size, 12);
    return this.bytes.subarray(0, size);
  }

  #putString(text: string): number {
    if (text.includes('\0')) throw new RangeError('A string for the kernel cannot hold a NUL character.');
    const start = this.#reserve(Buffer.byteLength(text) + 1);
    this.bytes.write(text, start);
    return start;
  }

  #putBytes(bytes: ArrayLike<number>, size = bytes.length): number {
    const start = this.#reserve(size);
    this.bytes.set(bytes, start);
    return start;
  }

  /** argv and envp: pointers to strings, then NULL. */
  #putVector(words: readonly string[]): number {
    const start = this.#reserve((words.length + 1) * 8);
    words.forEach((word, index) => {
      this.point(start + index * 8, this.#putString(word));
    });
    return start;
  }

  /** Room for so many bytes, at a multiple of eight. */
  #reserve(size: number): number {
    const start = this.#end;
    this.#end += Math.ceil(size / 8) * 8;
    if (this.#end > this.bytes.length) {
      const larger = Buffer.alloc(this.#end * 2);
      larger.set(this.bytes);
      this.bytes = larger;
    }
    return start;
  }
}
