/**
 * Packs a list of calls into the block of memory that native/program.h
 * describes. Everything that the child will need is in that block.
 */
import { type Call, isCall, type Out } from '../syscalls/call.ts';
import { errnoNumber } from '../syscalls/errno.ts';
import { Area } from './area.ts';
import { arrange, indexBefore, type PackedList, type Row, usedLater } from './arrange.ts';
import { findCall } from './native.ts';

const HEADER = 24;
const LIST = 8;
const STEP = 96;
const MAX_LEAST = 2 ** 31 - 1;

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

function leastOf({ info, least = 0 }: Call): number {
  if (Number.isInteger(least) && least >= 0 && least <= MAX_LEAST) return least;
  throw new RangeError(`${info.name}: a result can be at least 0 to ${MAX_LEAST}, not ${least}.`);
}
