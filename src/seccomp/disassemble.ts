/** A filter as text, to be read: a line an instruction, with the names of calls, answers and flags. */
import { errnoName } from '../syscalls/errno.ts';
import { AF, CLONE, SECCOMP_RET } from '../syscalls/flags.ts';
import type { FilterInstruction } from '../syscalls/identity.ts';
import { type FlagNames, flagText } from '../syscalls/show.ts';
import { AT, CODES } from './bpf.ts';
import { type Architecture, AUDIT_ARCH, CALLS, X32 } from './numbers.ts';

/** What is known where an instruction stands, whichever way one came there. */
interface Known {
  readonly architecture?: Architecture;
  /** The number of the call is one of these, the last included. */
  readonly from: number;
  readonly to: number;
  /** What has been loaded. */
  readonly loaded?: 'architecture' | 'number' | Half;
}

interface Half {
  readonly argument: number;
  readonly upper: boolean;
}

const MOST_NUMBER = 0xffffffff;
const NOTHING: Known = { from: 0, to: MOST_NUMBER };

/** Flags in the arguments of a few calls, in their lower half. */
const FLAGS_OF: Readonly<Record<string, readonly [argument: number, names: FlagNames]>> = {
  clone: [0, CLONE],
  unshare: [0, CLONE],
  setns: [1, CLONE],
};

/**
 * The instructions of a filter, numbered: `  4  if >= 165 (mount) go to 30 (ERRNO | EPERM), else to 5`.
 * An argument is named with its call where that is known by then.
 */
export function disassemble(filter: readonly FilterInstruction[]): string[] {
  const known: (Known | undefined)[] = filter.map(() => undefined);
  known[0] = NOTHING;
  const width = String(filter.length - 1).length;
  return filter.map((instruction, at) => {
    // What no jump leads to is shown as well.
    const here = known[at] ?? NOTHING;
    for (const [next, then] of waysFrom(instruction, at, here)) {
      const before = known[next];
      known[next] = before === undefined ? then : common(before, then);
    }
    const goal = (distance: number) => goalText(at + 1 + distance, filter);
    return `${String(at).padStart(width)}  ${textOf(instruction, here, goal)}`;
  });
}

/** Where it goes on, and what is known there. */
function waysFrom(
  { code, value, jumpTrue = 0, jumpFalse = 0 }: FilterInstruction,
  at: number,
  here: Known,
): [number, Known][] {
  if (code === CODES.give) return [];
  if (code === CODES.go) return [[at + 1 + value, here]];
  if (code === CODES.load) return [[at + 1, { ...here, loaded: placeOf(value) }]];
  const [yes, no] = [at + 1 + jumpTrue, at + 1 + jumpFalse];
  if (here.loaded === 'architecture' && code === CODES.ifEqual) {
    const architecture = architectureOf(value);
    return [
      [yes, { ...here, ...(architecture && { architecture }) }],
      [no, here],
    ];
  }
  if (here.loaded === 'number' && code === CODES.ifLeast) {
    return [
      [yes, { ...here, from: Math.max(here.from, value) }],
      [no, { ...here, to: Math.min(here.to, value - 1) }],
    ];
  }
  if (here.loaded === 'number' && code === CODES.ifEqual) {
    return [
      [yes, { ...here, from: value, to: value }],
      [no, here],
    ];
  }
  return code === CODES.and
    ? [[at + 1, here]]
    : [
        [yes, here],
        [no, here],
      ];
}

function common(one: Known, other: Known): Known {
  const architecture = one.architecture === other.architecture ? one.architecture : undefined;
  const loaded = JSON.stringify(one.loaded) === JSON.stringify(other.loaded) ? one.loaded : undefined;
  return {
    from: Math.min(one.from, other.from),
    to: Math.max(one.to, other.to),
    ...(architecture && { architecture }),
    ...(loaded && { loaded }),
  };
}

function placeOf(offset: number): Known['loaded'] {
  if (offset === AT.architecture) return 'architecture';
  if (offset === AT.number) return 'number';
  const inArguments = offset - AT.arguments;
  return { argument: Math.floor(inArguments / AT.argument), upper: inArguments % AT.argument === AT.upper };
}

/** Where it goes on, and the answer that it finds there. */
function goalText(at: number, filter: readonly FilterInstruction[]): string {
  const goal = filter[at];
  if (goal?.code !== CODES.give) return String(at);
  return `${at} (${answerText(goal.value).replace('SECCOMP_RET_', '')})`;
}

function textOf(
  { code, value, jumpTrue = 0, jumpFalse = 0 }: FilterInstruction,
  here: Known,
  goal: (distance: number) => string,
): string {
  switch (code) {
    case CODES.load:
      return `load ${loadedText(placeOf(value), here)}`;
    case CODES.and:
      return `keep of it ${valueText(value, here)}`;
    case CODES.go:
      return `go to ${goal(value)}`;
    case CODES.give:
      return `answer ${answerText(value)}`;
    default: {
      const sign = SIGNS.get(code);
      if (sign === undefined) return `instruction 0x${code.toString(16)} with 0x${value.toString(16)}`;
      return `if ${sign} ${valueText(value, here)} go to ${goal(jumpTrue)}, else to ${goal(jumpFalse)}`;
    }
  }
}

const SIGNS: ReadonlyMap<number, string> = new Map([
  [CODES.ifEqual, '=='],
  [CODES.ifMore, '>'],
  [CODES.ifLeast, '>='],
  [CODES.ifBits, 'has any of'],
]);

function loadedText(loaded: Known['loaded'], here: Known): string {
  if (loaded === 'architecture') return 'the architecture';
  if (loaded === 'number' || loaded === undefined) return 'the number of the call';
  const call = callAt(here);
  return `argument ${loaded.argument}${call ? ` of ${call}` : ''}, its ${loaded.upper ? 'upper' : 'lower'} half`;
}

function callAt({ architecture, from, to }: Known): string | undefined {
  return architecture && from === to ? CALLS[architecture].nameOf(from) : undefined;
}

function valueText(value: number, here: Known): string {
  const { architecture, loaded } = here;
  if (loaded === 'architecture') return architectureOf(value) ?? hex(value);
  if (loaded === 'number') {
    if (value === X32) return `${hex(value)} (x32)`;
    const name = architecture && CALLS[architecture].nameOf(value);
    return name ? `${value} (${name})` : value > 9999 ? hex(value) : String(value);
  }
  const call = callAt(here);
  const isLower = loaded !== undefined && !loaded.upper;
  const [argument, names] = (call && FLAGS_OF[call]) || [];
  if (isLower && names && loaded.argument === argument && value !== 0) return flagText(value, names);
  if (isLower && call === 'socket' && loaded.argument === 0) {
    const family = Object.entries(AF).find(([, number]) => number === value)?.[0];
    if (family) return `${value} (${family})`;
  }
  return value < 10 ? String(value) : hex(value);
}

function architectureOf(value: number): Architecture | undefined {
  return ARCHITECTURES.find((name) => AUDIT_ARCH[name] === value);
}

/** `SECCOMP_RET_ERRNO | EPERM` */
function answerText(value: number): string {
  const [action, data] = [(value & 0xffff0000) >>> 0, value & 0xffff];
  const name = Object.entries(SECCOMP_RET).find(([, number]) => number === action)?.[0] ?? hex(action);
  if (action === SECCOMP_RET.SECCOMP_RET_ERRNO) return `${name} | ${errnoName(data)}`;
  return data === 0 ? name : `${name} | ${data}`;
}

const ARCHITECTURES: readonly Architecture[] = ['x86-64', 'arm64', 'i386'];

const hex = (value: number) => `0x${value.toString(16)}`;
