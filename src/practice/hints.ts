/** Hints in tiers: first those for what failed, then those for all. Each is given once. */
import type { Hint } from '../catalogue/exercise.ts';

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
