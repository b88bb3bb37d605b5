/**
 * Packs a list of calls into the block of memory that native/program.h
 * describes. Everything that the child will need is in that block.
 */
import {
  type Argument,
  type Call,
  isCall,
  isOut,
  isStruct,
  type Out,
  outsOf,
  type Pointed,
  type Struct,
} from '../syscalls/call.ts';
import { errnoNumber } from '../syscalls/errno.ts';
import { findCall } from './native.ts';

const MAGIC = 0x3242414c;
const HEADER = 24;
const LIST = 8;
const STEP = 96;
const PATCH = 8;
/** An index, plus one, has two bytes. */
const MAX_CALLS = 65_535;
const MAX_LEAST = 2 ** 31 - 1;

/** A call at its place among all the lists that are packed together. */
export interface Row {
  readonly call: Call;
  /** The number of its list. */
  readonly list: number;
  /** Where it stands in that list, from 0. */
  readonly index: number;
}

/** One of the lists that are packed together; number 0 is the child's. */
export interface PackedList {
  readonly calls: readonly Call[];
  /** The index of its first row. */
  readonly first: number;
  /** The index of the row that clones the process which makes these calls; none for the child's. */
  readonly clonedBy: number | undefined;
}

export interface Program {
  readonly block: Buffer;
  readonly lists: readonly PackedList[];
  /** The rows of all lists, by the index that events and results have. */
  readonly rows: readonly Row[];
  /** Where each out-argument lies in the block. */
  readonly outs: ReadonlyMap<Out, number>;
}

export interface Packing {
  /** Which calls wait for a byte first. */
  readonly isGated?: (call: Call) => boolean;
  /** A call that would have to wait stops the list before it is made. */
  readonly stops?: boolean;
}

/**
 * Packs `list` and the lists of the processes that it clones.
 * @throws RangeError for what does not fit, Error for a result that is not there yet.
 */
export function encode(list: readonly Call[], { isGated = () => false, stops = false }: Packing = {}): Program {
  const { lists, rows, cloned } = arrange(list);
  const start = HEADER + lists.length * LIST;
  const area = new Area(start + rows.length * STEP);

  lists.forEach(({ calls, first, below, clonedBy = 0 }, number) => {
    [first, calls.length, below, clonedBy].forEach((field, position) => {
      area.bytes.writeUInt16LE(field, HEADER + number * LIST + position * 2);
    });
  });
  rows.forEach(({ call }, index) => {
    const at = start + index * STEP;
    const resultOf = (earlier: Call) => 1 + indexBefore(earlier, index, lists, rows);
    area.beginRow(resultOf);
    area.bytes.writeUInt16LE(findCall(call.info.name), at);
    area.bytes.writeUInt16LE(cloned.get(index) ?? 0, at + 2);
    area.bytes.writeInt32LE(call.tolerated ? errnoNumber(call.tolerated) : 0, at + 4);
    call.args.forEach((argument, position) => {
      const word = at + 8 + position * 8;
      if (argument === null) return;
      if (typeof argument === 'number' || typeof argument === 'bigint') {
        area.bytes.writeBigInt64LE(BigInt(argument), word);
      } else if (isCall(argument)) {
        area.bytes.writeUInt16LE(resultOf(argument), at + 56 + position * 2);
      } else {
        area.point(word, area.put(argument));
      }
    });
    if (call.handsOver) area.keep(usedLater(index, lists, rows, cloned));
    area.bytes.writeInt32LE(leastOf(call), at + 68);
    area.endRow(at + 72);
    if (call.verdict) area.bytes.writeUInt32LE(area.answerOf(call) + call.verdict.at, at + 80);
    area.bytes[at + 90] = isGated(call) ? 1 : 0;
    area.bytes[at + 91] = stops && call.info.waits !== undefined ? 1 + call.info.waits : 0;
    area.bytes[at + 92] = call.handsOver ? 1 : 0;
  });
  return { block: area.finish(lists.length, rows.length), lists, rows, outs: area.outs };
}

interface Arrangement {
  readonly lists: readonly (PackedList & { readonly below: number })[];
  readonly rows: readonly Row[];
  /** By the index of a row that clones: the number of its list. */
  readonly cloned: ReadonlyMap<number, number>;
}

/** A list is followed by those of the processes that it clones, each with what is below it. */
function arrange(list: readonly Call[]): Arrangement {
  const lists: (PackedList & { below: number })[] = [];
  const rows: Row[] = [];
  const cloned = new Map<number, number>();
  const add = (calls: readonly Call[], clonedBy?: number) => {
    const packed = { calls, first: rows.length, clonedBy, below: 0 };
    const number = lists.push(packed) - 1;
    calls.forEach((call, index) => {
      rows.push({ call, list: number, index });
    });
    calls.forEach(({ list: nested }, index) => {
      if (!nested) return;
      cloned.set(packed.first + index, lists.length);
      add(nested, packed.first + index);
    });
    packed.below = lists.length - 1 - number;
  };
  add(list);
  if (rows.length > MAX_CALLS) throw new RangeError(`A list has at most ${MAX_CALLS} calls, not ${rows.length}.`);
  if (rows.filter(({ call }) => call.handsOver).length > 1) {
    throw new Error('A list is handed over to the walker once, not twice.');
  }
  return { lists, rows, cloned };
}

/** Looks in the list of a row, and in those of the processes that have led to it, before their clones. */
function indexBefore(earlier: Call, index: number, lists: readonly PackedList[], rows: readonly Row[]): number {
  for (let row = rows[index]; row; ) {
    const { calls, first, clonedBy } = lists[row.list] as PackedList;
    const found = calls.indexOf(earlier);
    if (found >= 0 && found < row.index) return first + found;
    row = clonedBy === undefined ? undefined : rows[clonedBy];
  }
  throw new Error(
    `${rows[index]?.call.info.name} uses the result of ${earlier.info.name} before that call is made: ` +
      'put it earlier in the same list.',
  );
}

/** The descriptors that are open when a row is made, and that later rows of its list use. */
function usedLater(
  index: number,
  lists: readonly PackedList[],
  rows: readonly Row[],
  cloned: ReadonlyMap<number, number>,
): (number | Call)[] {
  const used = new Set<number | Call>();
  const isMade = (call: Call) => rows.findIndex((row) => row.call === call) < index;
  const lookAt = (row: number) => {
    for (const fd of descriptorsOf((rows[row] as Row).call)) {
      if (typeof fd === 'number' || isMade(fd)) used.add(fd);
    }
    const nested = lists[cloned.get(row) ?? -1];
    nested?.calls.forEach((_, position) => {
      lookAt(nested.first + position);
    });
  };
  const { list, index: position } = rows[index] as Row;
  for (let later = index + 1; later < index - position + (lists[list]?.calls.length ?? 0); later++) lookAt(later);
  return [...used];
}

function descriptorsOf({ args, info }: Call): (number | Call)[] {
  const direct = (info.descriptors ?? []).map((position) => args[position] ?? null);
  return [...direct.filter(isDescriptor), ...args.flatMap(descriptorsIn)];
}

function isDescriptor(argument: Argument): argument is number | Call {
  return typeof argument === 'number' || (argument !== null && isCall(argument));
}

function descriptorsIn(argument: Argument): (number | Call)[] {
  if (argument === null || typeof argument !== 'object' || isCall(argument) || !isStruct(argument)) return [];
  const { descriptors = [], pointers = [] } = argument;
  return [...descriptors.map(({ fd }) => fd), ...pointers.flatMap(({ to }) => descriptorsIn(to))];
}

function leastOf({ info, least = 0 }: Call): number {
  if (Number.isInteger(least) && least >= 0 && least <= MAX_LEAST) return least;
  throw new RangeError(`${info.name}: a result can be at least 0 to ${MAX_LEAST}, not ${least}.`);
}

/**
 * The block as it grows: header, lists and rows, and behind them what arguments
 * point at: strings, vectors of strings, structures, room for answers.
 */
class Area {
  /** Zeros, where nothing has been put yet. */
  bytes: Buffer;
  readonly outs = new Map<Out, number>();
  readonly #fixups: number[] = [];
  readonly #patches: { readonly at: number; readonly resultOf: number }[] = [];
  #end: number;
  #resultOf: (earlier: Call) => number = () => 0;
  #firstPatch = 0;
  #answer = { start: 0, end: 0 };

  constructor(start: number) {
    this.bytes = Buffer.alloc(start + 512);
    this.#end = start;
  }

  /** What is put from now on belongs to one row. */
  beginRow(resultOf: (earlier: Call) => number): void {
    this.#resultOf = resultOf;
    this.#firstPatch = this.#patches.length;
    this.#answer = { start: 0, end: 0 };
  }

  /** Writes what a row must know of what was put for it. */
  endRow(at: number): void {
    const { start, end } = this.#answer;
    this.bytes.writeUInt32LE(start, at);
    this.bytes.writeUInt32LE(end - start, at + 4);
    this.bytes.writeUInt32LE(this.#firstPatch, at + 12);
    this.bytes.writeUInt16LE(this.#patches.length - this.#firstPatch, at + 16);
  }

  /** Stores the descriptors that stay open when the walker takes over. */
  keep(fds: readonly (number | Call)[]): void {
    const start = this.#reserve(fds.length * 4);
    fds.forEach((fd, index) => {
      this.#putDescriptor(start + index * 4, fd);
    });
    this.#answer = { start, end: start + fds.length * 4 };
  }

  /** Stores an argument and gives its offset. */
  put(argument: Pointed): number {
    if (typeof argument === 'string') return this.#putString(argument);
    if (Array.isArray(argument)) return this.#putVector(argument);
    if (isStruct(argument as Struct)) return this.#putStruct(argument as Struct);
    if (!isOut(argument as Out)) throw new TypeError('Not an argument of a system call.');
    return this.#putOut(argument as Out);
  }

  /** Makes a word point at an offset. */
  point(word: number, offset: number): void {
    this.bytes.writeUInt32LE(offset, word);
    this.bytes.writeUInt32LE(0, word + 4);
    this.#fixups.push(word);
  }

  /** Where the kernel's answer to a call lies. */
  answerOf(call: Call): number {
    const [out] = outsOf(call);
    const offset = out && this.outs.get(out);
    if (offset === undefined) throw new Error(`${call.info.name} has no answer that could hold a verdict.`);
    return offset;
  }

  finish(lists: number, steps: number): Buffer {
    const patches = this.#reserve(this.#patches.length * PATCH);
    this.#patches.forEach(({ at, resultOf }, index) => {
      this.bytes.writeUInt32LE(at, patches + index * PATCH);
      this.bytes.writeUInt16LE(resultOf, patches + index * PATCH + 4);
    });
    const fixups = this.#reserve(this.#fixups.length * 4);
    this.#fixups.forEach((word, index) => {
      this.bytes.writeUInt32LE(word, fixups + index * 4);
    });
    const size = fixups + this.#fixups.length * 4;
    const header = [MAGIC, size, lists, steps, this.#patches.length, this.#fixups.length];
    header.forEach((word, index) => {
      this.bytes.writeUInt32LE(word, index * 4);
    });
    return this.bytes.subarray(0, size);
  }

  #putString(text: string): number {
    if (text.includes('\0')) throw new RangeError('A string for the kernel cannot hold a NUL character.');
    const start = this.#reserve(Buffer.byteLength(text) + 1);
    this.bytes.write(text, start);
    return start;
  }

  #putOut(out: Out): number {
    const start = this.#putBytes(out.initial ?? [], out.size);
    this.outs.set(out, start);
    if (this.#answer.end === 0) this.#answer.start = start;
    this.#answer.end = start + out.size;
    return start;
  }

  #putStruct({ bytes, pointers = [], descriptors = [] }: Struct): number {
    const start = this.#putBytes(bytes);
    for (const { at, to } of pointers) this.point(start + at, this.put(to));
    for (const { at, fd } of descriptors) this.#putDescriptor(start + at, fd);
    return start;
  }

  #putDescriptor(at: number, fd: number | Call): void {
    if (typeof fd === 'number') this.bytes.writeInt32LE(fd, at);
    else this.#patches.push({ at, resultOf: this.#resultOf(fd) });
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
