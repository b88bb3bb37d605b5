/** A step by its number. */
import type { Step } from '../../src/lab/step.ts';
import { steps } from '../../src/steps/index.ts';

export function stepAt(number: number): Step {
  const step = steps[number];
  if (!step) throw new Error(`no step ${number}`);
  return step;
}
