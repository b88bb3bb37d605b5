/** Hints in tiers: first those for what failed, then those for all. Each is given once. */
import type { Hint } from '../../catalogue/exercise.ts';
import type { Grade } from '../../grading/grade.ts';
import type { View } from '../../markdown/terminal/render.ts';

export interface GivenHint {
  readonly text: string;
  /** How many there are still for the same failure. */
  readonly left: number;
}

export class Hints {
  readonly #hints: readonly Hint[];
  readonly #given = new Set<Hint>();

  constructor(hints: readonly Hint[]) {
    this.#hints = hints;
  }

  /** `failed` is the name of the expectation that was not met. */
  next(failed: string | undefined): GivenHint | undefined {
    const [hint, ...others] = this.#fitting(failed).filter((candidate) => !this.#given.has(candidate));
    if (!hint) return undefined;
    this.#given.add(hint);
    return { text: hint.text, left: others.length };
  }

  #fitting(failed: string | undefined): Hint[] {
    const fits = failed === undefined ? [] : this.#hints.filter(({ when }) => when === failed);
    return [...fits, ...this.#hints.filter(({ when }) => when === undefined)];
  }
}

export function hintLine(hints: Hints, grade: Grade | undefined, { style }: View): string {
  if (!grade) return 'Hints depend on what fails, and the checks have not run yet. Save the file, or press Enter.';
  if (grade.status === 'passed') return 'It passes: no hint can improve on that.';
  const failed = grade.checks.find(({ passed }) => !passed)?.name;
  const hint = hints.next(failed);
  if (!hint) return 'Those were all the hints. d shows the solution.';
  return `${style.strong('Hint:')} ${hint.text}${hint.left > 0 ? ` ${style.faint(`(h: ${hint.left} more)`)}` : ''}`;
}
