/**
 * A lab for code whose types nobody has checked: it says at once, in the line
 * that calls it, what is wrong with what it is given, and at the end what was
 * forgotten.
 */
import { encode } from '../executor/encode.ts';
import type { Call } from '../syscalls/call.ts';
import { CLONE } from '../syscalls/flags.ts';
import { described, Mistake, remedy } from '../syscalls/mistake.ts';
import type { Cloned, Lab } from './lab.ts';

export class CheckedLab {
  readonly lab: Lab;
  /** What was called and is not done; the stack of each says where. */
  readonly #pending = new Set<Mistake>();
  readonly #cloned: { readonly list: readonly Call[]; readonly mistake: Mistake }[] = [];

  constructor(lab: Lab) {
    const { owner, rootless, program } = lab;
    this.lab = withNames('lab', {
      owner,
      rootless,
      program,
      settings: withNames('lab.settings', lab.settings),
      perform: (list) => {
        checkPerformed(list);
        return this.#awaited('lab.perform', lab.perform(list));
      },
      clone: (list, flags, options) => {
        checkCloned(list, flags);
        const mistake = new Mistake(
          'No child has become a program: `...lab.program` belongs at the end of a list that is cloned.',
        );
        this.#cloned.push({ list, mistake });
        return this.#awaited('lab.clone', lab.clone(list, flags, options));
      },
      wait: (child) => {
        checkChild(child);
        return lab.wait(child);
      },
      tell: (line) => lab.tell(need('lab.tell', line, 'function', 'a function that gives the line')),
      leaves: (leftover) => lab.leaves(need('lab.leaves', leftover, 'object', 'a leftover')),
      onEnd: (undo) => lab.onEnd(need('lab.onEnd', undo, 'function', 'a function, such as () => group.remove(),')),
    });
  }

  /** What was forgotten, once `run` has come back. */
  forgotten(): Mistake[] {
    const [first] = this.#cloned;
    if (!first || this.#cloned.some(({ list }) => becomesProgram(list))) return [...this.#pending];
    return [...this.#pending, first.mistake];
  }

  /** Notes what is still going on when `run` has come back: nobody has waited for it. */
  async #awaited<T>(name: string, promise: Promise<T>): Promise<T> {
    const mistake = new Mistake(`${name} is not done, and run has come back: is an \`await\` missing before it?`);
    this.#pending.add(mistake);
    try {
      return await promise;
    } finally {
      this.#pending.delete(mistake);
    }
  }
}

/** The same object, but a name that it does not have is a mistake, and not undefined. */
export function withNames<T extends object>(what: string, object: T): T {
  return new Proxy(object, {
    get(target, name) {
      if (name in target || typeof name === 'symbol' || IN_PASSING.includes(name)) return Reflect.get(target, name);
      throw new Mistake(`${what} has no ${name}. It has ${Object.keys(target).join(', ') || 'nothing'}.`);
    },
  });
}

/** What JavaScript itself looks for in any object. */
const IN_PASSING = ['then', 'toJSON'];

/** The same, also for the objects in it. */
export function withNamesWithin(what: string, object: Readonly<Record<string, unknown>>): object {
  const entries = Object.entries(object).map(([name, value]) => [
    name,
    isPlain(value) ? withNamesWithin(`${what}.${name}`, value) : value,
  ]);
  return withNames(what, Object.fromEntries(entries));
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** Whether the process, or one that it clones, becomes a program at the end of its list. */
function becomesProgram(list: readonly Call[]): boolean {
  return list.some(({ info, handsOver, list: nested = [] }) =>
    info.leaves === 'for a program' && !handsOver ? true : becomesProgram(nested),
  );
}

function checkPerformed(list: readonly Call[]): void {
  checkList('lab.perform', list);
  const left = list.find(({ info }) => info.leaves);
  if (left) {
    throw new Mistake(
      `lab.perform: ${left.info.name} would end this process, the parent. It belongs at the end of a child's list: lab.clone.`,
    );
  }
  encode(list);
}

function checkCloned(list: readonly Call[], flags: number): void {
  checkList('lab.clone', list);
  if (!Number.isInteger(flags)) {
    throw new Mistake(
      `lab.clone: ${described(flags)} is given where the flags belong, CLONE_NEWUTS | CLONE_NEWPID, or 0 for none.${remedy(flags)}`,
    );
  }
  const foreign = flags & ~Object.values(CLONE).reduce((all, flag) => all | flag, 0);
  if (foreign !== 0)
    throw new Mistake(`lab.clone: 0x${(foreign >>> 0).toString(16)} is no flag of clone. Its flags begin with CLONE_.`);
  const last = list.findIndex(({ info, handsOver }) => info.leaves && !handsOver);
  if (last >= 0 && last < list.length - 1) {
    const { name } = (list[last] as Call).info;
    throw new Mistake(
      `lab.clone: ${name} is call ${last + 1} of ${list.length}, and nothing after it is ever made. It belongs at the end.`,
    );
  }
  encode(list);
}

function checkList(name: string, list: unknown): void {
  if (!Array.isArray(list)) {
    const brackets = isCallLike(list) ? ' Put it into brackets: [ … ].' : remedy(list);
    throw new Mistake(`${name}: ${nameOf(list)} is given where a list of calls belongs.${brackets}`);
  }
  for (const [index, call] of list.entries()) {
    if (isCallLike(call)) continue;
    const spread = Array.isArray(call) ? ' Put `...` before it.' : remedy(call);
    throw new Mistake(`${name}: entry ${index + 1} of the list is ${nameOf(call)}, and no call.${spread}`);
  }
}

function isCallLike(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'info' in value && 'args' in value;
}

/** A message to the kernel is no call yet. */
function nameOf(value: unknown): string {
  const isMessage = typeof value === 'object' && value !== null && 'bytes' in value;
  return isMessage ? 'a message, which request(…) makes calls of,' : described(value);
}

function checkChild(child: Cloned): void {
  if (typeof child === 'object' && child !== null && 'pid' in child) return;
  const number = typeof child === 'number' ? ' It takes the child, and not its number.' : '';
  const promise = described(child) === 'a promise' ? ' Is an `await` missing before lab.clone?' : '';
  throw new Mistake(
    `lab.wait: ${described(child)} is given where a child belongs.${number || promise || remedy(child)}`,
  );
}

/** @throws Mistake for what is of another type */
function need<T>(name: string, value: T, type: 'function' | 'object', what: string): T {
  if (typeof value === type && !(type === 'object' && value === null)) return value;
  throw new Mistake(`${name}: ${described(value)} is given where ${what} belongs.`);
}
