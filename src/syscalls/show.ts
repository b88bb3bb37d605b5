/** How arguments are printed: as strace(1) prints them. */
import { constants } from 'node:os';
import { type Argument, type Call, isCall, isOut, isStruct, type Kind, type Show } from './call.ts';

/** Names of the bits of one argument; `0` names what no bit at all means. */
export type FlagNames = Readonly<Record<string, number>>;

const STRING_LIMIT = 256;

/** Strings in quotes, numbers in decimal, null as NULL, structures as they say. */
export const plain: Show = (argument, resolve) => {
  if (argument === null) return 'NULL';
  if (typeof argument === 'string') return quoted(argument);
  if (typeof argument === 'number' || typeof argument === 'bigint') return String(argument);
  if (isCall(argument)) return String(resolve(argument) ?? `<${openedBy(argument) ?? argument.info.name}>`);
  if (isStruct(argument)) {
    if (typeof argument.text === 'string') return argument.text;
    return argument.text.map((part) => (typeof part === 'string' ? part : plain(part, resolve))).join('');
  }
  if (isOut(argument)) return String(resolve(argument) ?? `<${argument.size} bytes>`);
  return `[${argument.map((word) => quoted(word)).join(', ')}]`;
};

/** The file that a call opens, if it opens one by its path. */
function openedBy(call: Call): string | undefined {
  return call.info.opens ? pathOf(call) : undefined;
}

/** The path that a call opens or makes, if it does so by a path. */
export function pathOf({ info, args }: Call): string | undefined {
  const path = info.path === undefined ? undefined : args[info.path];
  return typeof path === 'string' && path !== '' ? path : undefined;
}

/** Prints in one way, and takes arguments of one kind alone. */
function taking(what: string, fits: Kind['fits'], show: Show = plain): Show {
  const own: Show = (argument, resolve) => show(argument, resolve);
  return Object.assign(own, { takes: { what, fits } });
}

const isNumber: Kind['fits'] = (argument) => typeof argument === 'bigint' || Number.isInteger(argument);

/** An earlier call stands for its result. */
function isResult(argument: Argument | undefined): boolean {
  return isNumber(argument) || isCall(argument);
}

export const text = taking('a text', (argument) => typeof argument === 'string');
/** What is written may be what another call has been told. */
export const content = taking('a text', (argument) => typeof argument === 'string' || isOut(argument));
export const optionalText = taking('a text or null', (argument) => argument === null || typeof argument === 'string');
export const number = taking('a whole number', isResult);
export const descriptor = taking('a descriptor, its number or the call that opens it,', isResult);
/** What the kernel fills in. */
export const answer = taking(
  'room for an answer, { size, text },',
  (argument) => isOut(argument) && isNumber(argument.size) && typeof argument.text === 'function',
);
export const words = taking('a list of texts alone', isWords);

function isWords(argument: Argument | undefined): boolean {
  return Array.isArray(argument) && argument.every((word) => typeof word === 'string');
}

/** An octal mode, as in chmod(1). */
export const octal = taking('a mode, such as 0o755,', isNumber, (argument) => `0${Number(argument).toString(8)}`);

/** A list that is too long to read, such as the environment. */
export const countOf = (noun: string): Show =>
  taking('a list of texts alone', isWords, (argument) =>
    Array.isArray(argument) ? `[/* ${argument.length} ${noun} */]` : 'NULL',
  );

/** A set of flags by name: `CLONE_NEWUTS|CLONE_NEWPID`. */
export const flags = (names: FlagNames): Show =>
  taking('a set of flags, joined by |,', isNumber, (argument) => flagText(Number(argument), names));

/** One of several values by name. */
export const oneOf =
  (names: FlagNames): Show =>
  (argument, resolve) => {
    const found = Object.entries(names).find(([, value]) => value === argument);
    return found ? found[0] : plain(argument, resolve);
  };

/** A signal by name. */
export const signal = taking('the number of a signal', isNumber, (argument) => signalName(Number(argument)));

// Two numbers have a second, older name, which comes later and counts less.
const signals = new Map(
  Object.entries(constants.signals)
    .reverse()
    .map(([name, number]) => [number, name]),
);

export function signalName(number: number): string {
  return signals.get(number) ?? String(number);
}

/** A directory to start from: `AT_FDCWD` or a descriptor. */
export const directory: Show = Object.assign(
  (...[argument, resolve]: Parameters<Show>) => (argument === -100 ? 'AT_FDCWD' : plain(argument, resolve)),
  { takes: descriptor.takes },
);

export function flagText(value: number, names: FlagNames): string {
  let rest = value >>> 0;
  const found: string[] = [];
  // Wide flags first: MS_REC|MS_PRIVATE before the single bits of others.
  for (const [name, flag] of Object.entries(names).sort((a, b) => bitCount(b[1]) - bitCount(a[1]))) {
    const bits = flag >>> 0;
    if (bits !== 0 && (rest & bits) >>> 0 === bits) {
      found.push(name);
      rest = (rest & ~bits) >>> 0;
    }
  }
  const order = Object.keys(names);
  found.sort((a, b) => order.indexOf(a) - order.indexOf(b));
  if (rest !== 0) found.push(`0x${rest.toString(16)}`);
  if (found.length > 0) return found.join('|');
  return Object.entries(names).find(([, flag]) => flag === 0)?.[0] ?? '0';
}

/** A text, or the bytes of one, in quotes, as strace(1) prints it: how the bytes that a `read` brings can be shown in the trace. */
export function quoted(text: string | Uint8Array): string {
  const bytes = Buffer.from(text);
  const shown = [...bytes.subarray(0, STRING_LIMIT)];
  const escaped = shown.map((byte, index) => escapes[byte] ?? escapedByte(byte, shown[index + 1]));
  return `"${escaped.join('')}"${bytes.length > STRING_LIMIT ? '...' : ''}`;
}

const escapes: Record<number, string> = {
  9: '\\t',
  10: '\\n',
  11: '\\v',
  12: '\\f',
  13: '\\r',
  34: '\\"',
  92: '\\\\',
};

function escapedByte(byte: number, next = 0): string {
  if (byte >= 0x20 && byte <= 0x7e) return String.fromCharCode(byte);
  // A digit that follows would be taken for a part of a shorter escape.
  return `\\${byte.toString(8).padStart(next >= 0x30 && next <= 0x37 ? 3 : 1, '0')}`;
}

function bitCount(value: number): number {
  return (value >>> 0).toString(2).replaceAll('0', '').length;
}
