/**
 * A profile: which system calls a container may make, in the format that docker has
 * for --security-opt, and config.json for `linux.seccomp`. Read strictly: a name
 * that is mistyped would be a hole, or a refusal that nobody understands.
 *
 * Source: opencontainers/runtime-spec, config-linux.md, "Seccomp"; docker's profile
 * has `archMap`, `includes` and `excludes` as well.
 */
import { nearest } from '../command-line/nearest.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { CAP, type Capability, SECCOMP_FILTER_FLAG, SECCOMP_RET } from '../syscalls/flags.ts';
import { callNames, isCallName } from './numbers.ts';

/** What the kernel is told to do. */
export const ACTIONS = {
  SCMP_ACT_KILL: SECCOMP_RET.SECCOMP_RET_KILL_THREAD,
  SCMP_ACT_KILL_THREAD: SECCOMP_RET.SECCOMP_RET_KILL_THREAD,
  SCMP_ACT_KILL_PROCESS: SECCOMP_RET.SECCOMP_RET_KILL_PROCESS,
  SCMP_ACT_TRAP: SECCOMP_RET.SECCOMP_RET_TRAP,
  SCMP_ACT_ERRNO: SECCOMP_RET.SECCOMP_RET_ERRNO,
  SCMP_ACT_TRACE: SECCOMP_RET.SECCOMP_RET_TRACE,
  SCMP_ACT_LOG: SECCOMP_RET.SECCOMP_RET_LOG,
  SCMP_ACT_ALLOW: SECCOMP_RET.SECCOMP_RET_ALLOW,
} as const;

export type Action = keyof typeof ACTIONS;

export const OPERATORS = [
  'SCMP_CMP_NE',
  'SCMP_CMP_LT',
  'SCMP_CMP_LE',
  'SCMP_CMP_EQ',
  'SCMP_CMP_GE',
  'SCMP_CMP_GT',
  'SCMP_CMP_MASKED_EQ',
] as const;

export type Operator = (typeof OPERATORS)[number];

/** A comparison of one argument, without a sign. */
export interface ArgumentTest {
  readonly index: number;
  readonly op: Operator;
  /** What it is compared with; for SCMP_CMP_MASKED_EQ the mask, and `valueTwo` is what must be left under it. */
  readonly value: bigint;
  readonly valueTwo: bigint;
}

/** Where a rule holds: all that is given must be so. As docker has it, `arches` are Go's names of the machine. */
export interface Circumstances {
  readonly caps?: readonly Capability[];
  readonly arches?: readonly string[];
  /** `4.8` */
  readonly minKernel?: string;
}

export interface Rule {
  readonly names: readonly string[];
  readonly action: Action;
  /** For SCMP_ACT_ERRNO and SCMP_ACT_TRACE; EPERM if not given. */
  readonly errnoRet?: number;
  /** All of them must hold. */
  readonly args?: readonly ArgumentTest[];
  readonly includes?: Circumstances;
  readonly excludes?: Circumstances;
}

export interface Profile {
  readonly defaultAction: Action;
  readonly defaultErrnoRet?: number;
  /** Besides the machine's own; `SCMP_ARCH_X86`, say. */
  readonly architectures?: readonly string[];
  /** The same, by the machine's own architecture. */
  readonly archMap?: readonly { readonly architecture: string; readonly subArchitectures: readonly string[] }[];
  readonly flags?: readonly string[];
  /** The first that fits a call counts. */
  readonly syscalls: readonly Rule[];
}

const ARCHITECTURES = [
  ...['X86', 'X86_64', 'X32', 'ARM', 'AARCH64', 'LOONGARCH64', 'M68K', 'MIPS', 'MIPS64', 'MIPS64N32', 'MIPSEL'],
  ...['MIPSEL64', 'MIPSEL64N32', 'PARISC', 'PARISC64', 'PPC', 'PPC64', 'PPC64LE', 'RISCV64', 'S390', 'S390X', 'SH'],
  'SHEB',
].map((name) => `SCMP_ARCH_${name}`);

/** docker's own has 13 KB. */
const MOST_BYTES = 1024 * 1024;
const MOST_ERRNO = 4095;
const MOST_VALUE = 2n ** 64n - 1n;
const MOST_RULES = 10_000;

/** Reads a profile from JSON. `where` begins each message. @throws UsageError */
export function parseProfile(text: string, where: string): Profile {
  if (Buffer.byteLength(text) > MOST_BYTES) {
    throw new UsageError(`${where} has more than ${MOST_BYTES / 1024} KiB, which no profile needs.`);
  }
  let value: unknown;
  try {
    // JavaScript would round long numbers, such as a mask of 64 bits.
    value = JSON.parse(text.replace(/"(?:[^"\\]|\\.)*"|\d{16,}/g, (part) => (part[0] === '"' ? part : `"${part}"`)));
  } catch (error) {
    throw new UsageError(`${where} is no JSON: ${(error as Error).message}`);
  }
  return readProfile(value, where);
}

/** Reads a profile from a value: what was JSON, as `linux.seccomp` of config.json, or an object. @throws UsageError */
export function readProfile(value: unknown, where: string): Profile {
  const fields = fieldsOf(value, where, {
    known: ['defaultAction', 'defaultErrnoRet', 'architectures', 'archMap', 'flags', 'syscalls', 'comment'],
    listener: ['listenerPath', 'listenerMetadata'],
  });
  return {
    defaultAction: actionIn(fields.defaultAction, `${where}: defaultAction`),
    defaultErrnoRet: given(fields.defaultErrnoRet, `${where}: defaultErrnoRet`, errnoIn),
    architectures: given(fields.architectures, `${where}: architectures`, architecturesIn),
    archMap: given(fields.archMap, `${where}: archMap`, (list, place) => listIn(list, place, archMapIn)),
    flags: given(fields.flags, `${where}: flags`, (list, place) =>
      listIn(list, place, (flag, at) => oneOf(flag, at, FLAGS, 'flag')),
    ),
    syscalls: listIn(fields.syscalls ?? [], `${where}: syscalls`, ruleIn),
  };
}

const FLAGS = [...Object.keys(SECCOMP_FILTER_FLAG), 'SECCOMP_FILTER_FLAG_TSYNC'];

function ruleIn(value: unknown, where: string): Rule {
  const fields = fieldsOf(value, where, {
    known: ['names', 'name', 'action', 'errnoRet', 'args', 'includes', 'excludes', 'comment'],
  });
  const names = fields.name === undefined ? fields.names : [fields.name];
  return {
    names: listIn(names, `${where}.names`, nameIn),
    action: actionIn(fields.action, `${where}.action`),
    errnoRet: given(fields.errnoRet, `${where}.errnoRet`, errnoIn),
    args: given(fields.args, `${where}.args`, (list, place) => listIn(list, place, testIn)),
    includes: given(fields.includes, `${where}.includes`, circumstancesIn),
    excludes: given(fields.excludes, `${where}.excludes`, circumstancesIn),
  };
}

function nameIn(value: unknown, where: string): string {
  const name = textIn(value, where);
  if (isCallName(name)) return name;
  const [near] = nearest(name, callNames());
  throw new UsageError(
    `${where}: ${shown(name)} is no system call that the kit knows.${guess(near)} If it is newer than the kit, leave it out: what no rule names gets the default action.`,
  );
}

function testIn(value: unknown, where: string): ArgumentTest {
  const { index, op, ...fields } = fieldsOf(value, where, { known: ['index', 'value', 'valueTwo', 'op'] });
  return {
    index: wholeIn(index, `${where}.index`, 0, 5),
    op: oneOf(op, `${where}.op`, OPERATORS, 'operator'),
    value: wordIn(fields.value, `${where}.value`),
    valueTwo: wordIn(fields.valueTwo ?? 0, `${where}.valueTwo`),
  };
}

function circumstancesIn(value: unknown, where: string): Circumstances {
  const fields = fieldsOf(value, where, { known: ['caps', 'arches', 'minKernel'] });
  return {
    caps: given(fields.caps, `${where}.caps`, (list, place) =>
      listIn(list, place, (name, at) => oneOf(name, at, keysOf(CAP), 'capability')),
    ),
    arches: given(fields.arches, `${where}.arches`, (list, place) => listIn(list, place, textIn)),
    minKernel: given(fields.minKernel, `${where}.minKernel`, (text, place) => {
      const version = textIn(text, place);
      if (/^\d{1,3}\.\d{1,3}$/.test(version)) return version;
      throw new UsageError(`${place}: ${shown(version)} is no version of a kernel, such as "4.8".`);
    }),
  };
}

function archMapIn(value: unknown, where: string) {
  const fields = fieldsOf(value, where, { known: ['architecture', 'subArchitectures'] });
  return {
    architecture: architectureIn(fields.architecture, `${where}.architecture`),
    subArchitectures: architecturesIn(fields.subArchitectures ?? [], `${where}.subArchitectures`),
  };
}

const architectureIn = (value: unknown, where: string) => oneOf(value, where, ARCHITECTURES, 'architecture');
const architecturesIn = (value: unknown, where: string) => listIn(value, where, architectureIn);

function actionIn(value: unknown, where: string): Action {
  if (value === 'SCMP_ACT_NOTIFY') {
    throw new UsageError(
      `${where}: SCMP_ACT_NOTIFY asks another program, and the kit has none. Choose another action.`,
    );
  }
  return oneOf(value, where, keysOf(ACTIONS), 'action');
}

const errnoIn = (value: unknown, where: string) => wholeIn(value, where, 0, MOST_ERRNO);

/** A word of the machine, without a sign. Long ones can be texts: see parseProfile. */
function wordIn(value: unknown, where: string): bigint {
  const isText = typeof value === 'string' && /^\d{1,20}$/.test(value);
  const word = isText || Number.isSafeInteger(value) ? BigInt(String(value)) : typeof value === 'bigint' ? value : -1n;
  if (word >= 0n && word <= MOST_VALUE) return word;
  throw new UsageError(`${where}: ${shown(value)} is no whole number from 0 to ${MOST_VALUE}.`);
}

function wholeIn(value: unknown, where: string, least: number, most: number): number {
  if (Number.isInteger(value) && Number(value) >= least && Number(value) <= most) return Number(value);
  throw new UsageError(`${where}: ${shown(value)} is no whole number from ${least} to ${most}.`);
}

function textIn(value: unknown, where: string): string {
  if (typeof value === 'string') return value;
  throw new UsageError(`${where}: ${shown(value)} is no text.`);
}

function listIn<T>(value: unknown, where: string, read: (one: unknown, where: string) => T): T[] {
  if (!Array.isArray(value)) throw new UsageError(`${where}: ${shown(value)} is no list.`);
  if (value.length > MOST_RULES) throw new UsageError(`${where}: a list of ${value.length} is too long.`);
  return value.map((one, index) => read(one, `${where}[${index}]`));
}

function oneOf<T extends string>(value: unknown, where: string, choices: readonly T[], what: string): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const [near] = typeof value === 'string' ? nearest(value, choices) : [];
  const all = near === undefined && choices.length < 10 ? ` It is one of: ${choices.join(', ')}.` : '';
  throw new UsageError(`${where}: ${shown(value)} is no ${what}.${guess(near)}${all}`);
}

function keysOf<T extends string>(set: Readonly<Record<T, unknown>>): T[] {
  return Object.keys(set) as T[];
}

type Fields = Readonly<Record<string, unknown>>;

/** The fields of an object; null is like nothing. */
function fieldsOf(
  value: unknown,
  where: string,
  { known, listener = [] }: { readonly known: readonly string[]; readonly listener?: readonly string[] },
): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError(`${where}: ${shown(value)} is no object, { … }.`);
  }
  const given = Object.entries(value).filter(([, field]) => field !== null);
  for (const [name, field] of given) {
    if (known.includes(name)) continue;
    if (listener.includes(name)) {
      if (field === '') continue;
      throw new UsageError(`${where}: ${name} names a program to ask, and the kit asks none. Take it out.`);
    }
    const [near] = nearest(name, known);
    throw new UsageError(
      `${where}: the field ${shown(name)} is not known.${guess(near) || ` Known are: ${known.join(', ')}.`}`,
    );
  }
  return Object.fromEntries(given);
}

/** A field that need not be there. */
function given<T>(value: unknown, where: string, read: (value: unknown, where: string) => T): T | undefined {
  return value === undefined ? undefined : read(value, where);
}

function guess(near: string | undefined): string {
  return near === undefined ? '' : ` Did you mean ${near}?`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value));
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
