/** What is said when a system call fails: what, where, the kernel's words, what to do. */
import type { Call } from '../syscalls/call.ts';
import { errnoName } from '../syscalls/errno.ts';
import { callText } from './text.ts';

export type Side = 'parent' | 'child';

export interface FailedCall {
  readonly side: Side;
  readonly call: Call;
  /** Where in its list the call stood, from 0. */
  readonly index: number;
  readonly total: number;
  /** -errno, or a result below what the call needs. */
  readonly result: number;
}

export class CallFailure extends Error {
  override readonly name = 'CallFailure';
  readonly failed: FailedCall;

  constructor(failed: FailedCall) {
    const place = `${failed.side} call ${failed.index + 1} of ${failed.total} failed:`;
    super([place, `  ${callText(failed.call, failed.result)}`, ...adviceLines(failed)].join('\n'));
    this.failed = failed;
  }

  /** `EPERM` and its like; undefined when the call came back with too little. */
  get errno(): string | undefined {
    return this.failed.result < 0 ? errnoName(-this.failed.result) : undefined;
  }
}

function adviceLines({ call, result }: FailedCall): string[] {
  if (result >= 0) return call.shortfall ? [`  ${call.shortfall}`] : [];
  const advice = Object.entries(call.info.advice ?? {}).find(([name]) => name === errnoName(-result))?.[1];
  return [`  ${advice ?? `See ${call.info.source}, ERRORS.`}`];
}
