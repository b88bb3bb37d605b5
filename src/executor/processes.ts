/** Which process makes the calls of which list, seen from the parent of the first. */
import type { Call } from '../syscalls/call.ts';
import { CLONE_NEWPID, CLONE_PARENT } from '../syscalls/flags.ts';
import type { Row } from './arrange.ts';
import type { Program } from './encode.ts';
import { depthOf, findChild } from './pids.ts';

export class Processes {
  readonly #program: Program;
  readonly #first: number;
  readonly #flags: number;
  readonly #resultOf: (row: number) => number | undefined;

  /** `first` makes the first list, and was cloned with `flags`; `resultOf` tells what a row has come to by now. */
  constructor(program: Program, first: number, flags: number, resultOf: (row: number) => number | undefined) {
    this.#program = program;
    this.#first = first;
    this.#flags = flags;
    this.#resultOf = resultOf;
  }

  /** The process that makes the calls of a list, as this process counts; undefined if it is not to be found. */
  pidOf(list: number): number | undefined {
    if (list === 0) return this.#first;
    const clonedBy = this.#program.lists[list]?.clonedBy ?? -1;
    const clone = this.#program.rows[clonedBy];
    const number = this.#resultOf(clonedBy);
    if (!clone || number === undefined || number <= 0) return undefined;
    const maker = this.pidOf(clone.list);
    const parent = isSibling(clone.call) ? process.pid : maker;
    const depth = (maker && depthOf(maker)) ?? this.#depthOf(clone.list);
    return parent && findChild(parent, number, depth);
  }

  /** Children of this process that the lists have made. */
  siblings(): number[] {
    return this.#program.lists.flatMap(({ clonedBy }, number) => {
      const clone = rowAt(this.#program, clonedBy)?.call;
      const pid = clone && isSibling(clone) ? this.pidOf(number) : undefined;
      return pid === undefined ? [] : [pid];
    });
  }

  /** How many PID namespaces further in the process of a list lives, by the clones that have led to it. */
  #depthOf(list: number): number {
    const clone = rowAt(this.#program, this.#program.lists[list]?.clonedBy);
    if (!clone) return this.#flags & CLONE_NEWPID ? 1 : 0;
    return this.#depthOf(clone.list) + (Number(clone.call.args[0]) & CLONE_NEWPID ? 1 : 0);
  }
}

/** Whether a clone makes a child of its caller's parent. */
function isSibling({ args }: Call): boolean {
  return (Number(args[0]) & CLONE_PARENT) !== 0;
}

function rowAt({ rows }: Program, index: number | undefined): Row | undefined {
  return index === undefined ? undefined : rows[index];
}
