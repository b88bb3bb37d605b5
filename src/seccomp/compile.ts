/**
 * From a profile to a filter: a program of classic BPF that the kernel runs before
 * every system call.
 *
 * First it asks which architecture the call is of, for each has numbers of its own;
 * then a tree of comparisons finds the number in a few steps, however many calls
 * the profile names. Source: seccomp(2).
 */
import { UsageError } from '../command-line/usage-error.ts';
import { errnoNumber } from '../syscalls/errno.ts';
import { type Capability, SECCOMP_RET } from '../syscalls/flags.ts';
import type { FilterInstruction } from '../syscalls/identity.ts';
import { linesOfTest } from './argument-test.ts';
import { AT, assemble, type Line, MOST_INSTRUCTIONS } from './bpf.ts';
import { type Architecture, AUDIT_ARCH, CALLS, X32 } from './numbers.ts';
import {
  ACTIONS,
  type Action,
  type ArgumentTest,
  type Circumstances,
  type Profile,
  type Rule,
  readProfile,
} from './profile.ts';

export interface Surroundings {
  /** Node's name of it: `process.arch`. */
  readonly machine: string;
  /** What the container's program can have at most. */
  readonly capabilities: readonly Capability[];
  /** `os.release()` */
  readonly kernel: string;
}

interface Machine {
  readonly architecture: Architecture;
  /** Its name in a profile, and in its `arches`. */
  readonly profileName: string;
  readonly goName: string;
  /** Which others it runs as well, of those whose numbers are known. */
  readonly others: Readonly<Record<string, Architecture>>;
}

const MACHINES: Readonly<Record<string, Machine>> = {
  x64: {
    architecture: 'x86-64',
    profileName: 'SCMP_ARCH_X86_64',
    goName: 'amd64',
    others: { SCMP_ARCH_X86: 'i386' },
  },
  arm64: { architecture: 'arm64', profileName: 'SCMP_ARCH_AARCH64', goName: 'arm64', others: {} },
};

/**
 * The filter for a container's program. A call of an architecture that the profile
 * does not name ends its thread, as with runc; so does every call of x32, and of
 * 32 bits on arm64, even if the profile names them. A call that is newer than all
 * that the profile names fails with ENOSYS, so that a program tries the older way.
 *
 * @throws UsageError for a mistake in the profile, for one that is too long, and for another machine
 */
export function compileFilter(profile: Profile, surroundings: Surroundings): FilterInstruction[] {
  // Not everybody who writes one has a compiler that looks at the types, and none looks at the names.
  const read = readProfile(profile, 'The profile');
  const machine = MACHINES[surroundings.machine];
  if (!machine) throw new UsageError(`The numbers of the system calls of ${surroundings.machine} are not known.`);
  const rules = read.syscalls.filter(
    ({ includes, excludes }) => holds(includes, machine, surroundings) && !excluded(excludes, machine, surroundings),
  );
  const otherwise = answerOf(read.defaultAction, read.defaultErrnoRet);
  const sections = [machine.architecture, ...otherArchitectures(read, machine)].map((architecture) => {
    const last = newestNumber(read, architecture);
    const beyond = last < 0 || PERMISSIVE.has(read.defaultAction) ? otherwise : ENOSYS;
    return { architecture, decisions: decisionsOf(rules, architecture), otherwise, last, beyond };
  });
  return assembleSections(sections, SECCOMP_RET.SECCOMP_RET_KILL_THREAD);
}

const ENOSYS = SECCOMP_RET.SECCOMP_RET_ERRNO | errnoNumber('ENOSYS');
/** With these, a program is to try new calls; a tracer answers by itself. */
const PERMISSIVE: ReadonlySet<Action> = new Set(['SCMP_ACT_ALLOW', 'SCMP_ACT_LOG', 'SCMP_ACT_TRACE']);

/** What the filter gives for an action. */
export function answerOf(action: Action, errno = errnoNumber('EPERM')): number {
  const carries = action === 'SCMP_ACT_ERRNO' || action === 'SCMP_ACT_TRACE';
  return (ACTIONS[action] | (carries ? errno : 0)) >>> 0;
}

function otherArchitectures(profile: Profile, { profileName, others }: Machine): Architecture[] {
  const mapped = profile.archMap?.find(({ architecture }) => architecture === profileName)?.subArchitectures ?? [];
  const named = new Set([...(profile.architectures ?? []), ...mapped]);
  return Object.entries(others)
    .filter(([name]) => named.has(name))
    .map(([, architecture]) => architecture);
}

/** Whether all is so that is asked for. */
function holds(asked: Circumstances | undefined, { goName }: Machine, { capabilities, kernel }: Surroundings): boolean {
  const { caps = [], arches = [], minKernel } = asked ?? {};
  return (
    caps.every((cap) => capabilities.includes(cap)) &&
    (arches.length === 0 || arches.includes(goName)) &&
    (minKernel === undefined || isLeast(kernel, minKernel))
  );
}

/** Whether any of it is so. */
function excluded(
  asked: Circumstances | undefined,
  { goName }: Machine,
  { capabilities, kernel }: Surroundings,
): boolean {
  const { caps = [], arches = [], minKernel } = asked ?? {};
  return (
    caps.some((cap) => capabilities.includes(cap)) ||
    arches.includes(goName) ||
    (minKernel !== undefined && isLeast(kernel, minKernel))
  );
}

function isLeast(kernel: string, least: string): boolean {
  const [version, wanted] = [kernel, least].map((text) => {
    const [major = '', minor = ''] = text.split('.');
    return Number.parseInt(major, 10) * 1000 + Number.parseInt(minor, 10);
  });
  return Number(version) >= Number(wanted);
}

/** The greatest number among all calls that a profile names, also where a rule does not hold; -1 if there is none. */
function newestNumber(profile: Profile, architecture: Architecture): number {
  const numbers = profile.syscalls.flatMap(({ names }) =>
    names.map((name) => CALLS[architecture].numberOf(name) ?? -1),
  );
  return numbers.reduce((most, number) => Math.max(most, number), -1);
}

/** If all the tests hold, that is the answer. */
export interface Case {
  readonly tests: readonly ArgumentTest[];
  readonly answer: number;
}

/** What is said of the calls of an architecture. */
export interface Section {
  readonly architecture: Architecture;
  /** By the number of a call: the first case that holds counts. */
  readonly decisions: ReadonlyMap<number, readonly Case[]>;
  /** The answer for all others, up to a number ... */
  readonly otherwise: number;
  readonly last: number;
  /** ... and for what is greater. */
  readonly beyond: number;
}

function decisionsOf(rules: readonly Rule[], architecture: Architecture): Map<number, Case[]> {
  const decisions = new Map<number, Case[]>();
  for (const { names, action, errnoRet, args = [] } of rules) {
    const answer = answerOf(action, errnoRet);
    for (const name of names) {
      const number = CALLS[architecture].numberOf(name);
      if (number === undefined) continue;
      const known = decisions.get(number) ?? [];
      decisions.set(number, [...known, ...alternatives(args).map((tests) => ({ tests, answer }))]);
    }
  }
  return decisions;
}

/** All tests of a rule must hold; but where two are about one argument, any is enough, as with docker and runc. */
function alternatives(args: readonly ArgumentTest[]): ArgumentTest[][] {
  const isTwice = new Set(args.map(({ index }) => index)).size < args.length;
  return isTwice ? args.map((test) => [test]) : [[...args]];
}

/** The filter for several architectures; `foreign` is the answer for all others, and for x32. @throws UsageError */
export function assembleSections(sections: readonly Section[], foreign: number): FilterInstruction[] {
  const lines: Line[] = [
    { load: AT.architecture },
    ...sections.map(({ architecture }, index): Line => {
      const otherwise = index === sections.length - 1 ? { no: answerLabel(foreign) } : {};
      return { if: '==', value: AUDIT_ARCH[architecture], yes: architecture, ...otherwise };
    }),
    ...sections.flatMap((section) => linesOfSection(section, foreign)),
  ];
  const answers = sections.flatMap(({ decisions, otherwise, beyond }) => [
    ...[...decisions.values()].flatMap((cases) => cases.map(({ answer }) => answer)),
    otherwise,
    beyond,
  ]);
  const ends = [...new Set([...answers, foreign])].flatMap((value): Line[] => [
    { label: answerLabel(value) },
    { give: value },
  ]);
  const filter = assemble([...lines, ...ends]);
  if (filter.length <= MOST_INSTRUCTIONS) return filter;
  throw new UsageError(
    `The profile makes a filter of ${filter.length} instructions, and the kernel takes ${MOST_INSTRUCTIONS}: compare fewer arguments.`,
  );
}

const answerLabel = (answer: number) => `answer ${answer}`;

/** Numbers from `first` on, up to the next range, that get the same. */
interface Range {
  readonly first: number;
  readonly goal: string;
}

function linesOfSection({ architecture, decisions, otherwise, last, beyond }: Section, foreign: number): Line[] {
  const ranges: Range[] = [];
  const add = (first: number, goal: string) => {
    if (ranges.at(-1)?.goal !== goal) ranges.push({ first, goal });
  };
  const blocks: Line[] = [];
  let next = 0;
  for (const [number, cases] of [...decisions].sort(([one], [other]) => one - other)) {
    if (number > next) add(next, answerLabel(otherwise));
    const [only] = cases;
    if (only?.tests.length === 0) {
      add(number, answerLabel(only.answer));
    } else {
      const label = `${architecture} ${number}`;
      add(number, label);
      blocks.push(...linesOfCases(label, cases, otherwise));
    }
    next = number + 1;
  }
  if (next <= last) add(next, answerLabel(otherwise));
  add(Math.max(next, last + 1), answerLabel(beyond));
  return [
    { label: architecture },
    { load: AT.number },
    ...(architecture === 'x86-64' ? x32Refused(foreign, otherwise) : []),
    ...tree(ranges, architecture),
    ...blocks,
  ];
}

/** A tracer makes a call be none by the number -1, which is no call of x32. */
function x32Refused(foreign: number, otherwise: number): Line[] {
  return [
    { if: '>=', value: X32, no: 'no x32' },
    { if: '==', value: 0xffffffff, yes: answerLabel(otherwise), no: answerLabel(foreign) },
    { label: 'no x32' },
  ];
}

/** Finds the range of a number by halving. */
function tree(ranges: readonly Range[], name: string): Line[] {
  const [only] = ranges;
  if (only === undefined || ranges.length === 1) return only ? [{ go: only.goal }] : [];
  const middle = Math.ceil(ranges.length / 2);
  const [lower, upper] = [ranges.slice(0, middle), ranges.slice(middle)];
  const label = (half: readonly Range[]) =>
    half.length === 1 && half[0] ? half[0].goal : `${name} from ${half[0]?.first}`;
  const part = (half: readonly Range[]): Line[] =>
    half.length === 1 ? [] : [{ label: `${name} from ${half[0]?.first}` }, ...tree(half, name)];
  return [
    { if: '>=', value: upper[0]?.first ?? 0, yes: label(upper), no: label(lower) },
    ...part(lower),
    ...part(upper),
  ];
}

function linesOfCases(label: string, cases: readonly Case[], otherwise: number): Line[] {
  // What holds always ends the list.
  const always = cases.findIndex(({ tests }) => tests.length === 0);
  const tried = always < 0 ? cases : cases.slice(0, always);
  const end = answerLabel(cases[always]?.answer ?? otherwise);
  const lines = tried.flatMap(({ tests, answer }, index) => {
    const begin = (test: number) => `${label}, case ${index}, test ${test}`;
    const failed = index === tried.length - 1 ? end : `${label}, case ${index + 1}, test 0`;
    return tests.flatMap((test, at): Line[] => {
      const passed = at === tests.length - 1 ? answerLabel(answer) : begin(at + 1);
      return [{ label: begin(at) }, ...linesOfTest(test, passed, failed)];
    });
  });
  return [{ label }, ...lines];
}
