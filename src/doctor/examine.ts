/**
 * What this machine can run, as root and rootless. The kernel is the judge:
 * steps are tried where this user may try them.
 */
import { createRequire } from 'node:module';
import { type Facts, readFacts } from './facts.ts';
import { judge } from './judge.ts';
import { STEP_NAMES, type Who } from './needs.ts';
import { asSudo, likelyFailure, sharedFailure } from './prediction.ts';
import { programProblem } from './program-problem.ts';
import type { Trials } from './trials.ts';
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
    const steps = [...STEP_NAMES].map((name, step) => ({
      step,
      name,
      asRoot: root ? tried(step, 'root', facts, root) : predicted(step, 'root', asSudo(facts), rootless),
      rootless: rootless ? tried(step, 'rootless', facts, rootless) : predicted(step, 'rootless', facts),
    }));
    return { facts, steps };
  } catch (error) {
    const verdict = broken(programProblem(error));
    return { facts, steps: [...STEP_NAMES].map((name, step) => ({ step, name, asRoot: verdict, rootless: verdict })) };
  }
}

/** Whether the current user can run a step: as root if he is root, else rootless. */
export async function verdictFor(step: number): Promise<Verdict> {
  const facts = readFacts();
  const who: Who = facts.uid === 0 ? 'root' : 'rootless';
  try {
    const { tryOne, tryLimits } = loadTrials();
    return judge({ step, who, facts }, await tryOne(step, who), tryLimits());
  } catch (error) {
    return broken(programProblem(error));
  }
}

interface AllTrials {
  readonly root: Trials | undefined;
  readonly rootless: Trials | undefined;
}

async function trialsOf(uid: number, others: boolean): Promise<AllTrials> {
  const { tryAll, tryAsOrdinaryUser } = loadTrials();
  if (uid !== 0) return { root: undefined, rootless: await tryAll('rootless') };
  return { root: await tryAll('root'), rootless: others ? tryAsOrdinaryUser() : undefined };
}

/**
 * Loaded late: without a compiler the native library is missing, and that is a
 * finding, too. By `require`, because tsx/cjs does not serve `import()`.
 */
function loadTrials() {
  const load = createRequire(import.meta.url);
  return {
    ...(load('./trials.ts') as typeof import('./trials.ts')),
    ...(load('./ordinary-user.ts') as typeof import('./ordinary-user.ts')),
  };
}

function tried(step: number, who: Who, facts: Facts, trials: Trials): Verdict {
  return judge({ step, who, facts }, trials.failures[step], trials.limiting);
}

function predicted(step: number, who: Who, facts: Facts, others?: Trials): Verdict {
  const failure = likelyFailure(step, who, facts) ?? sharedFailure(step, facts, others?.failures[step]);
  return assumed(judge({ step, who, facts }, failure));
}
