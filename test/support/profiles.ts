/** Seccomp profiles drawn at random, and what they say of a call: read off them, without any filter. */
import type { Surroundings } from '../../src/seccomp/compile.ts';
import { type Architecture, AUDIT_ARCH, CALLS } from '../../src/seccomp/numbers.ts';
import type { Action, ArgumentTest, Circumstances, Operator, Profile, Rule } from '../../src/seccomp/profile.ts';
import type { Capability } from '../../src/syscalls/flags.ts';
import type { MadeCall } from './bpf.ts';

const WORD = 2n ** 64n;
export const KILL_THREAD = 0;
export const ENOSYS = 0x50026;

const ANSWERS: Readonly<Record<Action, number>> = {
  SCMP_ACT_KILL: 0,
  SCMP_ACT_KILL_THREAD: 0,
  SCMP_ACT_KILL_PROCESS: 0x80000000,
  SCMP_ACT_TRAP: 0x30000,
  SCMP_ACT_ERRNO: 0x50000,
  SCMP_ACT_TRACE: 0x7ff00000,
  SCMP_ACT_LOG: 0x7ffc0000,
  SCMP_ACT_ALLOW: 0x7fff0000,
};

const HOLDS: Readonly<Record<Operator, (argument: bigint, value: bigint, valueTwo: bigint) => boolean>> = {
  SCMP_CMP_NE: (argument, value) => argument !== value,
  SCMP_CMP_LT: (argument, value) => argument < value,
  SCMP_CMP_LE: (argument, value) => argument <= value,
  SCMP_CMP_EQ: (argument, value) => argument === value,
  SCMP_CMP_GE: (argument, value) => argument >= value,
  SCMP_CMP_GT: (argument, value) => argument > value,
  SCMP_CMP_MASKED_EQ: (argument, mask, value) => (argument & mask) === value,
};

function answerOf(action: Action, errno = 1): number {
  return ANSWERS[action] + (action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE' ? errno : 0);
}

interface Held {
  /** The rules in force, with the numbers that they name. */
  readonly held: readonly { readonly rule: Rule; readonly numbers: readonly number[] }[];
  /** What is greater fails with ENOSYS. */
  readonly beyond: number;
}

/** What a profile says of calls. */
export function evaluator(profile: Profile, surroundings: Surroundings): (call: MadeCall) => number {
  const named = [
    ...(profile.architectures ?? []),
    ...(profile.archMap ?? [])
      .filter(
        ({ architecture }) =>
          architecture === (surroundings.machine === 'x64' ? 'SCMP_ARCH_X86_64' : 'SCMP_ARCH_AARCH64'),
      )
      .flatMap(({ subArchitectures }) => subArchitectures),
  ];
  const native: Architecture = surroundings.machine === 'x64' ? 'x86-64' : 'arm64';
  const all: Architecture[] = native === 'x86-64' && named.includes('SCMP_ARCH_X86') ? [native, 'i386'] : [native];
  const otherwise = answerOf(profile.defaultAction, profile.defaultErrnoRet);
  const permissive = ['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE'].includes(profile.defaultAction);
  const byAudit = new Map<number, Held>(
    all.map((architecture) => {
      const rules = profile.syscalls.map((rule) => {
        return { rule, numbers: rule.names.map((name) => CALLS[architecture].numberOf(name) ?? -1) };
      });
      const newest = Math.max(-1, ...rules.flatMap(({ numbers }) => numbers));
      const held = rules.filter(({ rule }) => isInForce(rule, surroundings));
      return [AUDIT_ARCH[architecture], { held, beyond: newest >= 0 && !permissive ? newest : Infinity }];
    }),
  );
  return ({ architecture, number, args = [] }) => {
    const found = byAudit.get(architecture);
    if (!found) return KILL_THREAD;
    if (architecture === AUDIT_ARCH['x86-64'] && number >= 0x40000000)
      return number === 0xffffffff ? otherwise : KILL_THREAD;
    const fitting = found.held.find(({ rule, numbers }) => numbers.includes(number) && fits(rule, args));
    if (fitting) return answerOf(fitting.rule.action, fitting.rule.errnoRet);
    return number > found.beyond ? ENOSYS : otherwise;
  };
}

function fits({ args: tests = [] }: Rule, args: readonly bigint[]): boolean {
  const holding = tests.map(({ index, op, value, valueTwo }) => HOLDS[op](args[index] ?? 0n, value, valueTwo));
  const isTwice = tests.some(({ index }, at) => tests.findIndex((other) => other.index === index) !== at);
  return isTwice ? holding.includes(true) : !holding.includes(false);
}

function isInForce({ includes, excludes }: Rule, { machine, capabilities, kernel }: Surroundings): boolean {
  const goName = machine === 'x64' ? 'amd64' : machine;
  const [major = 0, minor = 0] = kernel.split('.').map(Number);
  const reached = ({ minKernel = '0.0' }: Circumstances) => {
    const [wantedMajor = 0, wantedMinor = 0] = minKernel.split('.').map(Number);
    return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
  };
  const included =
    (includes?.caps ?? []).every((cap) => capabilities.includes(cap)) &&
    (includes?.arches?.includes(goName) ?? true) &&
    reached(includes ?? {});
  const excluded =
    (excludes?.caps ?? []).some((cap) => capabilities.includes(cap)) ||
    (excludes?.arches ?? []).includes(goName) ||
    (excludes?.minKernel !== undefined && reached(excludes));
  return included && !excluded;
}

/** Numbers from 0 up to `limit`, which one can draw again: mulberry32. */
export type Draw = (limit: number) => number;

export function drawFrom(seed: number): Draw {
  let state = seed;
  return (limit) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * limit);
  };
}

const pick = <T>(draw: Draw, choices: readonly [T, ...T[]]): T => choices[draw(choices.length)] ?? choices[0];
const sometimes = (draw: Draw) => draw(4) === 0;

/** Corners of a word: what halves, signs and carries are mistaken at. */
const CORNERS = [
  0n,
  1n,
  0x7fffffffn,
  0x80000000n,
  0xffffffffn,
  1n << 32n,
  (1n << 32n) + 1n,
  1n << 63n,
  WORD - 1n,
] as const;

function drawWord(draw: Draw): bigint {
  const any = (BigInt(draw(2 ** 32)) << 32n) | BigInt(draw(2 ** 32));
  return pick(draw, [any, any & 0xffn, any >> 32n, ...CORNERS]);
}

export function drawTest(draw: Draw): ArgumentTest {
  const op = pick(draw, Object.keys(HOLDS) as [Operator, ...Operator[]]);
  const value = drawWord(draw);
  return { index: draw(6), op, value, valueTwo: op === 'SCMP_CMP_MASKED_EQ' ? drawWord(draw) & value : 0n };
}

function drawCircumstances(draw: Draw): Circumstances {
  return {
    ...(sometimes(draw) && { caps: [pick<Capability>(draw, ['CAP_SYS_ADMIN', 'CAP_BPF'])] }),
    ...(sometimes(draw) && { arches: [pick(draw, ['amd64', 'arm64', 's390x'])] }),
    ...(sometimes(draw) && { minKernel: pick(draw, ['4.8', '5.15', '6.1']) }),
  };
}

const DRAWN_ACTIONS = Object.keys(ANSWERS) as [Action, ...Action[]];

/** A profile of any kind; `names` are those that it can name. */
export function drawProfile(draw: Draw, names: readonly string[]): Profile {
  const rules = Array.from({ length: draw(12) }, (): Rule => {
    return {
      names: Array.from({ length: 1 + draw(sometimes(draw) ? 60 : 3) }, () => names[draw(names.length)] ?? 'read'),
      action: pick(draw, DRAWN_ACTIONS),
      ...(sometimes(draw) && { errnoRet: draw(4096) }),
      ...(draw(2) === 0 && { args: Array.from({ length: 1 + draw(3) }, () => drawTest(draw)) }),
      ...(sometimes(draw) && { includes: drawCircumstances(draw) }),
      ...(sometimes(draw) && { excludes: drawCircumstances(draw) }),
    };
  });
  return {
    defaultAction: pick(draw, DRAWN_ACTIONS),
    ...(sometimes(draw) && { defaultErrnoRet: draw(4096) }),
    ...(sometimes(draw) && { architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'] }),
    syscalls: rules,
  };
}

/** Words around those that a profile compares an argument with. */
function wordsAround({ value, valueTwo }: ArgumentTest): bigint[] {
  const around = [value, valueTwo].flatMap((word) => [
    word,
    word - 1n,
    word + 1n,
    word ^ (1n << 32n),
    word ^ 1n,
    ~word,
  ]);
  return [...around, ...CORNERS].map((word) => BigInt.asUintN(64, word));
}

/** Calls that a profile may be mistaken about: each number, and for compared arguments the words around. */
export function* callsFor(profile: Profile, architecture: Architecture, draw: Draw): Generator<MadeCall> {
  const made = (number: number, args: readonly bigint[] = []) => ({
    architecture: AUDIT_ARCH[architecture],
    number,
    args,
  });
  for (let number = 0; number < 600; number++) yield made(number);
  for (const number of [
    0x3fffffff, 0x40000000, 0x40000001, 0x40000200, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff,
  ]) {
    yield made(number);
  }
  for (const { names, args = [] } of profile.syscalls) {
    const words = args.flatMap(wordsAround) as [bigint, ...bigint[]];
    if (args.length === 0) continue;
    for (const number of names.slice(0, 4).map((name) => CALLS[architecture].numberOf(name))) {
      if (number === undefined) continue;
      // Each compared argument with all words, while the others are as they should be, or anything.
      for (const { index } of args) {
        for (const word of words) {
          const others = Array.from(
            { length: 6 },
            (_, at) => args.find((test) => test.index === at)?.value ?? pick(draw, words),
          );
          yield made(number, others.with(index, word));
          yield made(number, others.map(() => pick(draw, words)).with(index, word));
        }
      }
    }
  }
}
