/** The memory of a packed list: what arguments point at, and the addresses and results to be filled in later. */
import { type Call, isOut, isStruct, type Out, outsOf, type Pointed, type Struct } from '../syscalls/call.ts';

const MAGIC = 0x3242414c;
const PATCH = 8;

/**
 * The block as it grows: header, lists and rows, and behind them what arguments
 * point at: strings, vectors of strings, structures, room for answers.
 */
export class Area {
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

  /** What is there already is what an earlier call has been told. */
  #putOut(out: Out): number {
    const known = this.outs.get(out);
    if (known !== undefined) return known;
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
