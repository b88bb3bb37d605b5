/**
 * System calls as values.
 *
 * A `Call` says what to do without doing it. The same value is performed by the
 * parent, sent to a cloned child, printed in a trace, explained by `--pause`
 * and compared in a test.
 */
import type { Errno } from './errno.ts';
import type { Show } from './show.ts';

/** Memory that the kernel fills in, and how to print what it wrote. */
export interface Out {
  readonly size: number;
  /** What the kernel finds there first; zeros if not given. */
  readonly initial?: Uint8Array;
  readonly text: (bytes: Buffer) => string;
}

/** A structure that the kernel reads: its bytes, and how strace would print it. */
export interface Struct {
  readonly bytes: Uint8Array;
  readonly text: string;
}

/** A `Call` as an argument stands for the result of that earlier call. */
export type Argument = number | bigint | null | string | readonly string[] | Struct | Out | Call;

/** What is known of a system call apart from its arguments. */
export interface CallInfo {
  readonly name: string;
  /** Manual page or kernel document. */
  readonly source: string;
  /** One sentence on what the call is for. */
  readonly purpose: string;
  /** How each argument is printed. */
  readonly show: readonly Show[];
  /** What an error means here, and what to do about it. */
  readonly advice?: Partial<Record<Errno, string>>;
  /** The result is a new file descriptor. */
  readonly opens?: boolean;
}

export interface Call {
  readonly info: CallInfo;
  readonly args: readonly Argument[];
  /** An error that is as good as success, such as EEXIST for a directory that is there. */
  readonly tolerated?: Errno;
  /** A smaller result is a failure; 0 if not given. */
  readonly least?: number;
  /** What a result below `least` means. */
  readonly shortfall?: string;
}

/** Makes the constructor of one system call. */
export function defineCall(info: CallInfo): (...args: Argument[]) => Call {
  return (...args) => ({ info, args });
}

/** The same call, but the given error counts as success. */
export function tolerating(errno: Errno, call: Call): Call {
  return { ...call, tolerated: errno };
}

/** The same call, but a result below `least` counts as a failure. */
export function atLeast(least: number, shortfall: string, call: Call): Call {
  return { ...call, least, shortfall };
}

export function isCall(argument: Argument): argument is Call {
  return typeof argument === 'object' && argument !== null && 'info' in argument;
}

export function isOut(argument: Argument): argument is Out {
  return typeof argument === 'object' && argument !== null && 'size' in argument;
}

export function isStruct(argument: Argument): argument is Struct {
  return typeof argument === 'object' && argument !== null && 'bytes' in argument;
}

/** Whether a result is a success for this call. */
export function succeeded(call: Call, result: number, errno: (name: Errno) => number): boolean {
  if (result >= (call.least ?? 0)) return true;
  return call.tolerated !== undefined && result === -errno(call.tolerated);
}
