/**
 * What this machine can run, as root and rootless. The kernel is the judge:
 * steps are tried where this user may try them.
 */
import type { Step } from '../lab/step.ts';
import { steps } from '../steps/index.ts';
import { type Facts, readFacts } from './facts.ts';
import { judge } from './judge.ts';
import type { Who } from './needs.ts';
import { tryAsOrdinaryUser } from './ordinary-user.ts';
import { asSudo, likelyFailure, sharedFailure } from './prediction.ts';
import { programProblem } from './program-problem.ts';
import { rehearse } from './rehearsal.ts';
import { type Trials, tryAll, tryLimits } from './trials.ts';
import { assumed, broken, type Verdict } from './verdict.ts';

export interface Diagnosis {
  readonly step: number;
  readonly name: string;
  readonly asRoot: Verdict;
  readonly rootless: Verdict;
}

export interface Examination {
  readonly facts: Facts;
  readonly steps: readonly Diagnosis[];
}

/**
 * Examines every step; never throws for what the machine lacks. To try an
 * ordinary user's part, root starts another process; without `others`, that
 * part is read off the settings instead.
 */
export async function examine({ others = true } = {}): Promise<Examination> {
  const facts = readFacts();
  try {
    const { root, rootless } = await trialsOf(facts.uid, others);
    const diagnoses = steps.map((step) => ({
      step: step.number,
      name: step.name,
      asRoot: root ? tried(step, 'root', facts, root) : predicted(step, 'root', asSudo(facts), rootless),
      rootless: rootless ? tried(step, 'rootless', facts, rootless) : predicted(step, 'rootless', facts),
    }));
    return { facts, steps: diagnoses };
  } catch (error) {
    const verdict = broken(programProblem(error));
    return {
      facts,
      steps: steps.map(({ number, name }) => ({ step: number, name, asRoot: verdict, rootless: verdict })),
    };
  }
}

/** Whether the current user can run a step: as root if they are root, else rootless. */
export async function verdictFor(step: Step): Promise<Verdict> {
  const facts = readFacts();
  const who: Who = facts.uid === 0 ? 'root' : 'rootless';
  try {
    return judge({ step, who, facts }, await rehearse(step, who), tryLimits());
  } catch (error) {
    return broken(programProblem(error));
  }
}

interface AllTrials {
  readonly root: Trials | undefined;
  readonly rootless: Trials | undefined;
}

async function trialsOf(uid: number, others: boolean): Promise<AllTrials> {
  if (uid !== 0) return { root: undefined, rootless: await tryAll('rootless') };
  return { root: await tryAll('root'), rootless: others ? tryAsOrdinaryUser() : undefined };
}

function tried(step: Step, who: Who, facts: Facts, trials: Trials): Verdict {
  return judge({ step, who, facts }, trials.failures[step.number], trials.limiting);
}

function predicted(step: Step, who: Who, facts: Facts, others?: Trials): Verdict {
  const failure = likelyFailure(step, who, facts) ?? sharedFailure(step, facts, others?.failures[step.number]);
  return assumed(judge({ step, who, facts }, failure));
}
