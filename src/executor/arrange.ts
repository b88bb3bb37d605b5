/** Lists within lists, as rows in one order: where each call stands, and which earlier results it can use. */
import { type Argument, type Call, isCall, isStruct } from '../syscalls/call.ts';

/** An index, plus one, has two bytes. */
const MAX_CALLS = 65_535;

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

export interface Arrangement {
  readonly lists: readonly (PackedList & { readonly below: number })[];
  readonly rows: readonly Row[];
  /** By the index of a row that clones: the number of its list. */
  readonly cloned: ReadonlyMap<number, number>;
}

/** A list is followed by those of the processes that it clones, each with what is below it. */
export function arrange(list: readonly Call[]): Arrangement {
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
export function indexBefore(earlier: Call, index: number, lists: readonly PackedList[], rows: readonly Row[]): number {
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
export function usedLater(
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
