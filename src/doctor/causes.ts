/** From a call that the kernel refused to the cause, and what to type. */
import type { Case } from './case.ts';
import { kernelRules } from './kernel-causes.ts';
import { remedies } from './remedies.ts';
import { rightsRules } from './rights-causes.ts';
import type { Problem } from './verdict.ts';

/** The first rule that fits counts. */
export function explain(the: Case): Problem {
  for (const rule of [...kernelRules, ...rightsRules]) {
    const problem = rule(the);
    if (problem) return problem;
  }
  return { cause: `The kernel refused: ${the.failure.text}.`, remedy: remedies.trace(the.step, the.who) };
}
