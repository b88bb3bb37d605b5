/**
 * What this machine can run, as root and rootless. The kernel is the judge:
 * steps are tried where this user may try them.
 */
import { existsSync } from 'node:fs';
import { imageDirectory } from '../../rootfs-builder/images.ts';
import { placeProblem } from '../../rootfs-builder/place.ts';
import type { Step } from '../lab/step.ts';
import { isRootWithIds } from '../proc/id-maps.ts';
import { procProblem } from '../proc/own.ts';
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
  const problem = procProblem();
  if (problem) return { facts, steps: steps.map((step) => sameFor(step, broken(problem))) };
  try {
    const { root, rootless } = await trialsOf(facts.uid, others);
    const diagnoses = steps.map((step) => ({
      step: step.number,
      name: step.name,
      asRoot: root ? tried(step, root.who, facts, root) : predicted(step, 'root', asSudo(facts), rootless),
      rootless: rootless ? tried(step, 'rootless', facts, rootless) : predicted(step, 'rootless', facts),
    }));
    return { facts, steps: diagnoses };
  } catch (error) {
    const verdict = broken(programProblem(error));
    return { facts, steps: steps.map((step) => sameFor(step, verdict)) };
  }
}

function sameFor({ number, name }: Step, verdict: Verdict): Diagnosis {
  return { step: number, name, asRoot: verdict, rootless: verdict };
}

/** Whether the current user can run a step: as root if they are root, else rootless. */
export async function verdictFor(step: Step): Promise<Verdict> {
  const facts = readFacts();
  const problem = procProblem();
  if (problem) return broken(problem);
  const who: Who = isRootWithIds() ? 'root' : 'rootless';
  try {
    return withImage(step, judge({ step, who, facts }, await rehearse(step, who), tryLimits()));
  } catch (error) {
    return broken(programProblem(error));
  }
}

interface AllTrials {
  /** `who`: as whom root was tried, who may have no more than an ordinary user. */
  readonly root: (Trials & { readonly who: Who }) | undefined;
  readonly rootless: Trials | undefined;
}

async function trialsOf(uid: number, others: boolean): Promise<AllTrials> {
  if (isRootWithIds()) {
    return { root: { ...(await tryAll('root')), who: 'root' }, rootless: others ? tryAsOrdinaryUser() : undefined };
  }
  const rootless = await tryAll('rootless');
  return { root: uid === 0 ? { ...rootless, who: 'rootless' } : undefined, rootless };
}

function tried(step: Step, who: Who, facts: Facts, trials: Trials): Verdict {
  return withImage(step, judge({ step, who, facts }, trials.failures[step.number], trials.limiting));
}

/** A step that has an image builds it where it is not there yet: what this user can't do stands in the way. */
function withImage(step: Step, verdict: Verdict): Verdict {
  const problem =
    verdict.ok && step.has.has('image') && !existsSync(imageDirectory('host')) ? placeProblem() : undefined;
  return problem ? broken(problem) : verdict;
}

function predicted(step: Step, who: Who, facts: Facts, others?: Trials): Verdict {
  const failure = likelyFailure(step, who, facts) ?? sharedFailure(step, facts, others?.failures[step.number]);
  return assumed(judge({ step, who, facts }, failure));
}
