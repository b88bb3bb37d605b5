/** What somebody at this machine can do in a workshop, from what the doctor found. */

import { dirname } from 'node:path';
import type { Examination } from '../doctor/examine.ts';
import type { Who } from '../doctor/needs.ts';
import type { Problem, Verdict } from '../doctor/verdict.ts';
import { steps } from '../steps/index.ts';

/**
 * READY: every step runs in full, as the user who asks. NOT READY: not even the
 * first namespace can be made, not with sudo either. PARTLY: anything between.
 */
export type State = 'READY' | 'PARTLY' | 'NOT READY';

export interface Seat {
  readonly state: State;
  readonly who: Who;
  /** Steps that run in full. */
  readonly whole: readonly number[];
  /** Steps that run, and leave something out. */
  readonly parts: readonly number[];
  /** Steps that do not run. */
  readonly closed: readonly number[];
  /** What stands in the way of READY, and what to type. */
  readonly problem?: Partial<Problem>;
}

/** Steps that have not even two things of their own: without them nothing runs. */
const SIMPLEST = steps.filter(({ has }) => has.size <= 1).map(({ number }) => number);

/** The folders in which sudo looks for programs on Debian and Ubuntu, whatever PATH says. */
const SECURE_PATH = /^(?:\/usr(?:\/local)?)?\/s?bin$/;

/** `sudoCheck` is how to ask again as root. */
export function seatOf({ facts, steps: diagnoses }: Examination, sudoCheck: string): Seat {
  const who: Who = facts.uid === 0 ? 'root' : 'rootless';
  const verdicts = diagnoses.map(({ step, asRoot, rootless }) => ({
    step,
    verdict: who === 'root' ? asRoot : rootless,
  }));
  const those = (fits: (verdict: Verdict) => boolean) =>
    verdicts.filter(({ verdict }) => fits(verdict)).map(({ step }) => step);
  const whole = those((verdict) => verdict.ok && verdict.notes.length === 0);
  const parts = those((verdict) => verdict.ok && verdict.notes.length > 0);
  const closed = those((verdict) => !verdict.ok);
  const seat = { who, whole, parts, closed };
  if (whole.length === diagnoses.length) return { ...seat, state: 'READY' };
  // Sudo was not tried: it might ask for a password that nobody here knows.
  if (who === 'rootless' && !facts.rights.noNewPrivs && diagnoses.every(({ asRoot }) => asRoot.ok)) {
    return { ...seat, state: 'PARTLY', problem: { remedy: sudoCheck } };
  }
  const problem = problemOf(verdicts.map(({ verdict }) => verdict));
  return { ...seat, state: closed.some((step) => SIMPLEST.includes(step)) ? 'NOT READY' : 'PARTLY', problem };
}

/** The first thing that keeps a step from running; if there is none, from running in full. */
function problemOf(verdicts: readonly Verdict[]): Partial<Problem> {
  for (const verdict of verdicts) if (!verdict.ok) return verdict;
  const note = verdicts.flatMap((verdict) => (verdict.ok ? verdict.notes : [])).at(0);
  return note === undefined ? {} : { cause: note };
}

/** How to run one of the kit's scripts with sudo from here. With nvm, say, sudo finds no npm unless it is told where. */
export function withSudo(script: string, node = process.execPath): string {
  const path = SECURE_PATH.test(dirname(node)) ? '' : 'env "PATH=$PATH" ';
  return `sudo ${path}npm run ${script}`;
}
