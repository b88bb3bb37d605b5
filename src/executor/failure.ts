/** What is said when a system call fails: what, where, the kernel's words, what to do. */

import type { Call } from '../syscalls/call.ts';
import { errnoName } from '../syscalls/errno.ts';
import type { Row } from './arrange.ts';
import type { Program } from './encode.ts';
import type { NativeFailure } from './native.ts';
import { callText } from './text.ts';

export type Side = 'parent' | 'child';

/** Where a call stands in its list, from 0. */
export interface Place {
  readonly index: number;
  readonly total: number;
}

export interface FailedCall extends Place {
  readonly side: Side;
  readonly call: Call;
  /** -errno, or a result below what the call needs. */
  readonly result: number;
  /** For a call of a process that a list has cloned: the clones that have led to it, the outermost first. */
  readonly within?: readonly Place[];
}

export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly failed: FailedCall;

  constructor(failed: FailedCall) {
    super(
      [`${placeText(failed)} failed:`, `  ${callText(failed.call, failed.result)}`, ...adviceLines(failed)].join('\n'),
    );
    this.failed = failed;
  }

  /** `EPERM` and its like; undefined when the call came back with too little. */
  get errno(): string | undefined {
    return this.failed.result < 0 ? errnoName(-this.failed.result) : undefined;
  }
}

/** `child call 2 of 3`, or `child call 2 of 3, nested call 1 of 5`. */
function placeText({ side, index, total, within = [] }: FailedCall): string {
  const places = [...within, { index, total }];
  return places
    .map((place, depth) => `${depth === 0 ? side : 'nested'} call ${place.index + 1} of ${place.total}`)
    .join(', ');
}

/** The call that a failure names: of an error in an answer, the request that was answered. */
export function blamed(list: readonly Call[], index: number, byVerdict: boolean): { readonly call: Call } & Place {
  const failing = list[index] as Call;
  const call = (byVerdict && failing.verdict?.on) || failing;
  return { call, index: list.indexOf(call), total: list.length };
}

function adviceLines({ call, result }: FailedCall): string[] {
  if (result >= 0) return call.shortfall ? [`  ${call.shortfall}`] : [];
  const advice = Object.entries(call.info.advice ?? {}).find(([name]) => name === errnoName(-result))?.[1];
  return [`  ${advice ?? `See ${call.info.source}, ERRORS.`}`];
}

/** The failure of a child's lists, as the native library tells it; undefined for a row that is not there. */
export function failureIn(
  { lists, rows }: Program,
  { index, outcome, byVerdict }: NativeFailure,
): CallFailure | undefined {
  const row = rows[index];
  const list = row && lists[row.list];
  if (!row || !list) return undefined;
  const within: Place[] = [];
  for (let outer = clonerOf(row); outer; outer = clonerOf(outer)) {
    within.unshift({ index: outer.index, total: lists[outer.list]?.calls.length ?? 0 });
  }
  return new CallFailure({ side: 'child', ...blamed(list.calls, row.index, byVerdict), result: outcome, within });

  /** The row that has cloned the process which makes this one. */
  function clonerOf({ list: number }: Row): Row | undefined {
    const clonedBy = lists[number]?.clonedBy;
    return clonedBy === undefined ? undefined : rows[clonedBy];
  }
}
