/** Performing a list in this process. */
import { type Argument, type Call, isCall, succeeded } from '../syscalls/call.ts';
import { errnoNumber } from '../syscalls/errno.ts';
import { close, closedBy } from '../syscalls/files.ts';
import { encode } from './encode.ts';
import { CallFailure } from './failure.ts';
import { performProgram } from './native.ts';

export interface Performed {
  readonly results: number[];
  /** What the kernel wrote into each out-argument. */
  readonly outs: ReadonlyMap<Argument, Buffer>;
}

/**
 * Makes the calls of a list, in order. `place` says where a list of one stands
 * in the list that it was taken from.
 * @throws CallFailure at the first that fails; descriptors that the list had
 * opened until then are closed.
 */
export function perform(list: readonly Call[], place?: { index: number; total: number }): Performed {
  const { block, outs } = encode(list);
  const slots = new BigInt64Array(Math.max(list.length, 1));
  const done = performProgram(block, slots);
  const results = [...slots.subarray(0, list.length)].map(Number);
  const failing = list[done];
  if (failing) {
    const made = new Map(list.slice(0, done).map((call, index) => [call, results[index] ?? -1]));
    closeOpened(made);
    const { index, total } = place ?? { index: done, total: list.length };
    throw new CallFailure({ side: 'parent', call: failing, index, total, result: results[done] ?? 0 });
  }
  return { results, outs: new Map([...outs].map(([out, at]) => [out, block.subarray(at, at + out.size)])) };
}

/** Makes one call and gives its result, which may be -errno: nothing is thrown. */
export function attempt(call: Call): Performed & { readonly result: number } {
  const { block, outs } = encode([call]);
  const slots = new BigInt64Array(1);
  performProgram(block, slots);
  const result = Number(slots[0]);
  return {
    result,
    results: [result],
    outs: new Map([...outs].map(([out, at]) => [out, block.subarray(at, at + out.size)])),
  };
}

/** The same call with earlier results in place of the calls that they came from. */
export function withResults(call: Call, results: ReadonlyMap<Call, number>): Call {
  const args = call.args.map((argument) =>
    argument !== null && isCall(argument) ? (results.get(argument) ?? argument) : argument,
  );
  return { ...call, args };
}

export function isSuccess(call: Call, result: number): boolean {
  return succeeded(call, result, errnoNumber);
}

/** Closes the descriptors that the calls of a list have opened and not closed again. */
export function closeOpened(made: ReadonlyMap<Call, number>): void {
  const closed = new Set([...made.keys()].map(closedBy));
  for (const [call, result] of made) {
    if (call.info.opens && !closed.has(call)) attempt(close(result));
  }
}
