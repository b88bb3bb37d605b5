/** `--plan`: the lists of a step's run, which are printed and not walked. */
import { Plan } from '../lab/plan.ts';
import { inImage } from './early-image.ts';
import { identityOf, type StepRun } from './run-step.ts';

/** Returns the calls of a run, one a line: the parent's at the margin, the child's further in. */
export async function planStep(run: StepRun): Promise<readonly string[]> {
  const plan = new Plan({ ...run, identity: identityOf(run) });
  await run.step.run(run.addImage ? await inImage(plan, run.step) : plan);
  return plan.lines;
}
