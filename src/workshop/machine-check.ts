/** What somebody at this machine can do in a workshop, from what the doctor found. */
import type { Examination } from '../doctor/examine.ts';
import type { Who } from '../doctor/needs.ts';
import type { Problem, Verdict } from '../doctor/verdict.ts';

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

const FIRST_NAMESPACE = 1;

/** `sudoCheck` is how to ask again as root. */
export function seatOf({ facts, steps }: Examination, sudoCheck: string): Seat {
  const who: Who = facts.uid === 0 ? 'root' : 'rootless';
  const verdicts = steps.map(({ step, asRoot, rootless }) => ({ step, verdict: who === 'root' ? asRoot : rootless }));
  const those = (fits: (verdict: Verdict) => boolean) =>
    verdicts.filter(({ verdict }) => fits(verdict)).map(({ step }) => step);
  const whole = those((verdict) => verdict.ok && verdict.notes.length === 0);
  const parts = those((verdict) => verdict.ok && verdict.notes.length > 0);
  const closed = those((verdict) => !verdict.ok);
  const seat = { who, whole, parts, closed };
  if (whole.length === steps.length) return { ...seat, state: 'READY' };
  // Sudo was not tried: it might ask for a password that nobody here knows.
  if (who === 'rootless' && !facts.rights.noNewPrivs && steps.every(({ asRoot }) => asRoot.ok)) {
    return { ...seat, state: 'PARTLY', problem: { remedy: sudoCheck } };
  }
  const problem = problemOf(verdicts.map(({ verdict }) => verdict));
  return { ...seat, state: closed.some((step) => step <= FIRST_NAMESPACE) ? 'NOT READY' : 'PARTLY', problem };
}

/** The first thing that keeps a step from running; if there is none, from running in full. */
function problemOf(verdicts: readonly Verdict[]): Partial<Problem> {
  for (const verdict of verdicts) if (!verdict.ok) return verdict;
  const note = verdicts.flatMap((verdict) => (verdict.ok ? verdict.notes : [])).at(0);
  return note === undefined ? {} : { cause: note };
}
