/** Performing a list in this process. */
import {
  type Argument,
  type Call,
  isCall,
  isOut,
  isStruct,
  outsOf,
  type Pointed,
  type Struct,
  succeeded,
} from '../syscalls/call.ts';
import { errnoNumber } from '../syscalls/errno.ts';
import { close, closedBy } from '../syscalls/files.ts';
import { encode } from './encode.ts';
import { blamed, CallFailure } from './failure.ts';
import { performProgram } from './native.ts';

export interface Performed {
  readonly results: number[];
  /** What the kernel wrote into each out-argument. */
  readonly outs: ReadonlyMap<Argument, Buffer>;
}

/** Waits until a descriptor has something to read, or rejects if that is no longer wanted. */
export type Wait = (fd: number) => Promise<void>;

/**
 * Makes the calls of a list, in order, and waits in them as long as they wait.
 * @throws CallFailure at the first that fails; descriptors that the list had
 * opened until then are closed.
 */
export function perform(list: readonly Call[]): Performed {
  const { done, results, outs } = make(list);
  if (done === list.length) return { results, outs };
  closeOpened(new Map(list.slice(0, done).map((call, index) => [call, results[index] ?? -1])));
  throw failureAt(list, done, results[done] ?? 0, outs);
}

/**
 * The same, but Node goes on meanwhile: before a call that would have to wait,
 * `wait` does so.
 * @throws CallFailure, and what `wait` rejects with.
 */
export async function performPatiently(list: readonly Call[], wait: Wait): Promise<Performed> {
  if (list.every(({ info }) => info.waits === undefined)) return perform(list);
  const results = new Map<Call, number>();
  const outs = new Map<Argument, Buffer>();
  try {
    for (let rest = list; ; rest = list.slice(results.size)) {
      const made = make(results.size === 0 ? rest : rest.map((call) => withResults(call, results)), true);
      rest.slice(0, made.done).forEach((call, index) => {
        results.set(call, made.results[index] ?? -1);
      });
      for (const [out, bytes] of made.outs) outs.set(out, bytes);
      if (made.done === rest.length) return { results: [...results.values()], outs };
      if (made.waiting < 0) throw failureAt(list, results.size, made.results[made.done] ?? 0, outs);
      await wait(made.waiting);
    }
  } catch (error) {
    closeOpened(results);
    throw error;
  }
}

export interface Attempt extends Performed {
  readonly result: number;
}

/** Makes one call and gives its result, which may be -errno: nothing is thrown. */
export function attempt(call: Call): Attempt {
  const { results, outs } = make([call]);
  return { result: results[0] ?? 0, results, outs };
}

/** The same, but if the call would have to wait, `wait` does so first. */
export async function attemptPatiently(call: Call, wait: Wait): Promise<Attempt> {
  for (;;) {
    const { results, outs, waiting } = make([call], true);
    if (waiting < 0) return { result: results[0] ?? 0, results, outs };
    await wait(waiting);
  }
}

/** The failure of a call of the parent's list; undefined if `result` is a success. */
export function failureOf(
  list: readonly Call[],
  index: number,
  result: number,
  outs: ReadonlyMap<Argument, Buffer>,
): CallFailure | undefined {
  const call = list[index] as Call;
  return isSuccess(call, outcomeOf(call, result, outs)) ? undefined : failureAt(list, index, result, outs);
}

function failureAt(
  list: readonly Call[],
  index: number,
  result: number,
  outs: ReadonlyMap<Argument, Buffer>,
): CallFailure {
  const outcome = outcomeOf(list[index] as Call, result, outs);
  return new CallFailure({ side: 'parent', ...blamed(list, index, outcome !== result), result: outcome });
}

/** What a call came to: its result, unless its answer holds an error. */
function outcomeOf(call: Call, result: number, outs: ReadonlyMap<Argument, Buffer>): number {
  const [out] = outsOf(call);
  if (!call.verdict || !out || result < (call.least ?? 0)) return result;
  const verdict = outs.get(out)?.readInt32LE(call.verdict.at) ?? 0;
  return verdict < 0 ? verdict : result;
}

interface Made extends Performed {
  /** How many calls were made without failure. */
  readonly done: number;
  /** The descriptor for which the next call would have to wait, or -1. */
  readonly waiting: number;
}

function make(list: readonly Call[], stops = false): Made {
  const { block, outs } = encode(list, { stops });
  const slots = new BigInt64Array(Math.max(list.length, 1));
  const waiting = stops ? new Int32Array([-1]) : undefined;
  const done = performProgram(block, slots, waiting);
  if (done < 0) throw new Error('A list with a clone in it is for a child: clone one, and let it make this list.');
  return {
    done,
    waiting: waiting?.[0] ?? -1,
    results: [...slots.subarray(0, list.length)].map(Number),
    outs: new Map([...outs].map(([out, at]) => [out, block.subarray(at, at + out.size)])),
  };
}

/** The same call with earlier results in place of the calls that they came from. */
export function withResults(call: Call, results: ReadonlyMap<Call, number>): Call {
  return { ...call, args: call.args.map((argument) => filledIn(argument, results)) };
}

function filledIn(argument: Argument, results: ReadonlyMap<Call, number>): Argument {
  if (argument === null || typeof argument !== 'object') return argument;
  if (isCall(argument)) return results.get(argument) ?? argument;
  return isStruct(argument) ? withFields(argument, results) : argument;
}

function withFields(struct: Struct, known: ReadonlyMap<Call, number>): Struct {
  const { pointers = [], descriptors = [] } = struct;
  return {
    ...struct,
    pointers: pointers.map(({ at, to }) => ({ at, to: isPointedStruct(to) ? withFields(to, known) : to })),
    descriptors: descriptors.map(({ at, fd }) => ({ at, fd: (typeof fd !== 'number' && known.get(fd)) || fd })),
  };
}

function isPointedStruct(to: Pointed): to is Struct {
  return !isOut(to) && isStruct(to);
}

export function isSuccess(call: Call, outcome: number): boolean {
  return succeeded(call, outcome, errnoNumber);
}

/** Closes the descriptors that the calls of a list have opened and not closed again. */
export function closeOpened(made: ReadonlyMap<Call, number>): void {
  const closed = new Set([...made.keys()].map(closedBy));
  for (const [call, result] of made) {
    if (call.info.opens && !closed.has(call)) attempt(close(result));
  }
}
