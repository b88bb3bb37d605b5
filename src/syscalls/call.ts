/**
 * System calls as values.
 *
 * A `Call` says what to do without doing it. The same value is performed by the
 * parent, sent to a cloned child, printed in a trace, explained by `--pause`
 * and compared in a test.
 */
import type { Errno } from './errno.ts';
import type { Capability } from './flags.ts';
import { described, Mistake, remedy } from './mistake.ts';

/** Memory that the kernel fills in, and how to print what it wrote. */
export interface Out {
  readonly size: number;
  /** What the kernel finds there first; zeros if not given. */
  readonly initial?: Uint8Array;
  readonly text: (bytes: Buffer) => string;
}

/** What a pointer within a structure can point at. */
export type Pointed = string | readonly string[] | Struct | Out;

/** A structure that the kernel reads: its bytes, and how strace would print it. */
export interface Struct {
  readonly bytes: Uint8Array;
  /** In parts, if there is something in it that is printed as an argument is. */
  readonly text: string | readonly (string | number | Struct | Out | Call)[];
  /** What is in it, where a plan has room for it: a line each. */
  readonly detail?: () => readonly string[];
  /** Where, in its bytes, a pointer (8 bytes) stands, and what it points at. */
  readonly pointers?: readonly { readonly at: number; readonly to: Pointed }[];
  /** Where a descriptor (4 bytes) stands: its number, or the earlier call that opens it. */
  readonly descriptors?: readonly { readonly at: number; readonly fd: number | Call }[];
}

/** A `Call` as an argument stands for the result of that earlier call. */
export type Argument = number | bigint | null | string | readonly string[] | Struct | Out | Call;

/** What an argument may be. */
export interface Kind {
  /** `a text`. */
  readonly what: string;
  readonly fits: (argument: Argument | undefined) => boolean;
}

/** Prints one argument; `resolve` gives what is known of it by now. */
export interface Show {
  (argument: Argument, resolve: Resolve): string;
  /** What the argument may be; without it, anything that an argument can be. */
  readonly takes?: Kind;
}
/** The result of an earlier call, or what the kernel has filled in, as it is printed. */
export type Resolve = (argument: Argument) => number | bigint | string | undefined;

/** Puts a command into a namespace of a process: `inside(pid, 'net', 'ip link')`. */
export type Inside = (pid: number, kind: 'uts' | 'net', command: string) => string;

/** Commands that show, from a second terminal, what a call is about. */
export interface Look {
  /** At a process in a container, whose number is seen from outside. */
  readonly child?: (pid: number, inside: Inside) => string;
  /** Out here, for a call of the parent; `child` is the last child's number, if there is one. */
  readonly parent?: (child: number | undefined, inside: Inside) => string;
  /** At the path that the call opens or makes. */
  readonly path?: (path: string) => string;
}

/** What is known of a system call apart from its arguments. */
export interface CallInfo {
  readonly name: string;
  /** Manual page or kernel document. */
  readonly source: string;
  /** One sentence on what the call is for. */
  readonly purpose: string;
  /** How each argument is printed. */
  readonly show: readonly Show[];
  /** How a result is printed, if not in decimal. */
  readonly showResult?: (result: number) => string;
  /** What an error means here, and what to do about it. */
  readonly advice?: Partial<Record<Errno, string>>;
  /** The result is a new file descriptor. */
  readonly opens?: boolean;
  /** The result says how many bytes the kernel has filled in. */
  readonly returnsSize?: boolean;
  /** What kind of thing it is about. */
  readonly subject?: 'descriptors' | 'interfaces';
  /** Which arguments are descriptors. */
  readonly descriptors?: readonly number[];
  /** Which argument is the path that it opens or makes. */
  readonly path?: number;
  /** Which argument is a descriptor on which it may wait for something to read. */
  readonly waits?: number;
  /** It has no result when it succeeds: the process becomes another program, or ends. */
  readonly leaves?: 'for a program' | 'for good';
  /** What a process may lack when the kernel refuses it. */
  readonly needs?: readonly Capability[];
  readonly look?: Look;
  /** Calls that change nothing wherever they are made: to compare them with what strace(1) prints. */
  readonly examples?: () => readonly Call[];
}

export interface Call {
  readonly info: CallInfo;
  readonly args: readonly Argument[];
  /** An error that counts as success, such as EEXIST for a directory that is there. */
  readonly tolerated?: Errno;
  /** A smaller result is a failure; 0 if not given. */
  readonly least?: number;
  /** What a result below `least` means. */
  readonly shortfall?: string;
  /** The calls of the process that a clone makes; see `cloneCall`. */
  readonly list?: readonly Call[];
  /** The answer says what came of an earlier call: see `withVerdict`. */
  readonly verdict?: Verdict;
  /** The small program `native/walker` goes on with the list from here; see `handOver`. */
  readonly handsOver?: boolean;
  /** Whose stack says where it was written, if that is recorded: see `lookForMistakes`. */
  readonly origin?: Error;
}

/** An int32 in an answer, 0 or -errno. */
export interface Verdict {
  /** Where it stands in the answer. */
  readonly at: number;
  /** What it is about, and what a failure names: the request that was answered. */
  readonly on: Call;
}

const defined: CallInfo[] = [];

/** All that has been defined until now. */
export const definitions: readonly CallInfo[] = defined;

let looksForMistakes = false;

/**
 * From now on each call knows where it was written, and texts that no program
 * means to write are refused: this is for code that has just been written.
 */
export function lookForMistakes(): void {
  looksForMistakes = true;
}

/** Makes the constructor of one system call, which throws Mistake for what cannot be its argument. */
export function defineCall(info: CallInfo): (...args: Argument[]) => Call {
  defined.push(info);
  return (...args) => {
    args.forEach((argument, position) => {
      checkArgument(info, info.show[position]?.takes, argument);
    });
    return { info, args, ...(looksForMistakes && { origin: new Error(info.name) }) };
  };
}

/** What a template literal makes of something that is not there, or is no text. */
const NO_TEXT = /\bundefined\b|\bNaN\b|\[object \w+\]/;

/** Not everybody who makes calls has a compiler that looks at the types. */
function checkArgument({ name }: CallInfo, takes: Kind | undefined, argument: Argument | undefined): void {
  const see = ` See: npm run calls -- ${name}`;
  if (takes ? !takes.fits(argument) : argument === undefined) {
    const what = takes?.what ?? 'an argument';
    throw new Mistake(`${name}: ${described(argument)} is given where ${what} belongs.${remedy(argument)}${see}`);
  }
  const wrong = looksForMistakes && typeof argument === 'string' && NO_TEXT.exec(argument)?.[0];
  if (wrong) throw new Mistake(`${name}: the text ${described(argument)} has ${wrong} in it.${remedy(undefined)}`);
}

/** The bytes of a text, as UTF-8. What is no text has none: as an argument it is refused. */
export function sizeOf(text: string): number {
  return typeof text === 'string' ? Buffer.byteLength(text) : 0;
}

/** The same call, but the given error counts as success. */
export function tolerating(errno: Errno, call: Call): Call {
  return { ...call, tolerated: errno };
}

/** The same call, but a result below `least` counts as a failure. */
export function atLeast(least: number, shortfall: string, call: Call): Call {
  return { ...call, least, shortfall };
}

/** The same call, but it fails with the errno that its answer holds as an int32 at `at`, if that is negative. */
export function withVerdict(at: number, on: Call, call: Call): Call {
  return { ...call, verdict: { at, on } };
}

export function isCall(argument: Argument | undefined): argument is Call {
  return typeof argument === 'object' && argument !== null && 'info' in argument;
}

export function isOut(argument: Argument | undefined): argument is Out {
  return typeof argument === 'object' && argument !== null && 'size' in argument;
}

export function isStruct(argument: Argument): argument is Struct {
  return typeof argument === 'object' && argument !== null && 'bytes' in argument;
}

/** What the kernel fills in, also where a structure points. */
export function outsOf(call: Call): Out[] {
  return call.args.flatMap(outsIn);
}

function outsIn(argument: Argument): Out[] {
  if (argument === null || typeof argument !== 'object' || isCall(argument)) return [];
  if (isOut(argument)) return [argument];
  return isStruct(argument) ? (argument.pointers ?? []).flatMap(({ to }) => outsIn(to)) : [];
}

/** Whether an outcome, a result or the verdict in an answer, is a success for this call. */
export function succeeded(call: Call, outcome: number, errno: (name: Errno) => number): boolean {
  if (outcome >= (call.least ?? 0)) return true;
  return call.tolerated !== undefined && outcome === -errno(call.tolerated);
}
