/** The steps, by their numbers and by what they have. */
import type { Step } from '../../src/lab/step.ts';
import type { Feature } from '../../src/settings/features.ts';
import { steps } from '../../src/steps/index.ts';

export function stepAt(number: number): Step {
  const step = steps[number];
  if (!step) throw new Error(`no step ${number}`);
  return step;
}

/** The numbers of the steps that have something of their own, or of all. */
export function numbersOf(feature?: Feature): number[] {
  return steps.filter(({ has }) => feature === undefined || has.has(feature)).map(({ number }) => number);
}
