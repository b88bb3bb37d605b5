/** Grading one submission of one exercise. */
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureImage } from '../../rootfs-builder/images.ts';
import type { Round } from '../catalogue/exercise.ts';
import type { Entry } from '../catalogue/exercises.ts';
import { word } from '../checks/draw.ts';
import { CheckFailed, type CheckResult } from '../checks/expectation.ts';
import { Ground } from '../checks/ground.ts';
import { History } from '../checks/history.ts';
import { CannotLook } from '../checks/inside.ts';
import { setForwarding } from '../checks/networks.ts';
import { endInWords } from '../checks/output.ts';
import { type Process, ProcessUnseen } from '../checks/process.ts';
import { lackOfRights } from '../checks/rights.ts';
import type { Kept } from '../checks/timer.ts';
import { Trial } from '../checks/trial.ts';
import { lackOfLibrary } from '../executor/native.ts';
import { isVersion2 } from '../sandbox/cgroups.ts';
import { Sandbox, SandboxUnavailable } from '../sandbox/sandbox.ts';
import { DEFAULTS } from '../settings/settings.ts';
import { ASSIGNMENT_FILE, type Assignment, BEGUN } from '../submission/assignment.ts';
import { unmetNeed } from './needs.ts';
import { IMAGE, KIT, visibleKit } from './visible-kit.ts';

/**
 * `failed` is the submission's doing, `not run` this machine's, and `error` the
 * grader's. Only `passed` is worth points.
 */
export type Status = 'passed' | 'failed' | 'not run' | 'error';

export interface Grade {
  readonly id: string;
  readonly title: string;
  readonly status: Status;
  readonly points: number;
  readonly max: number;
  /** What was expected and observed, in order; a failed one is the last. */
  readonly checks: readonly CheckResult[];
  /** Why it did not pass, in one line. */
  readonly message?: string;
  /** The system calls up to the failure. */
  readonly trace: readonly string[];
  /** What the submission printed, for those who look for its mistake. It counts for nothing. */
  readonly printed?: readonly string[];
  readonly seconds: number;
}

export interface GradeOptions {
  /** Wall-clock seconds that a submission may take. */
  readonly timeout: number;
  /** Directories of others' work, which it must not see; where they really are. */
  readonly hidden?: readonly string[];
  /** Ends the submission before its time. There is no grade then. */
  readonly signal?: AbortSignal;
  /** Hears of a failure while what failed still runs. It goes on, without limit, until this resolves. */
  readonly look?: (grade: Grade) => Promise<void>;
}

export const DEFAULT_TIMEOUT = 30;

/**
 * @throws the reason of `signal`, once nothing of the submission is left; or
 * AggregateError, if `signal` came and not all could be removed
 */
export async function gradeText(exercise: Entry, text: string, options: GradeOptions): Promise<Grade> {
  const begin = performance.now();
  const gradeOf = (verdict: Judgement): Grade => {
    const { id, title, points: max } = exercise;
    const points = verdict.status === 'passed' ? max : 0;
    return { id, title, max, points, ...verdict, seconds: Math.round(performance.now() - begin) / 1000 };
  };
  const { look } = options;
  const grade = gradeOf(await run(exercise, text, options, look && ((verdict) => look(gradeOf(verdict)))));
  options.signal?.throwIfAborted();
  return grade;
}

type Judgement = Pick<Grade, 'status' | 'checks' | 'trace' | 'message' | 'printed'>;

/** A machine may take so long until it comes to the submission: that is not its time. */
const START_S = 60;
const PAUSE_MS = 10;
/** What it is most often. */
const UNREADABLE = '\nWhere files of the kit cannot be read by all users: chmod -R go+rX, in the kit.';

const nothing = { checks: [], trace: [] };

type Look = (verdict: Judgement) => Promise<void>;

/** Runs the submission once for each case that the exercise has, until it fails. */
async function run(exercise: Entry, text: string, options: GradeOptions, look?: Look): Promise<Judgement> {
  const checks: CheckResult[] = [];
  const kept: Kept = new Map();
  for (let turn = 0; ; turn++) {
    const verdict = await runOnce(exercise, () => exercise.round(turn, kept), text, options, look);
    checks.push(...verdict.checks);
    const last = turn + 1 >= (exercise.rounds ?? 1);
    if (last || verdict.status !== 'passed') return { ...verdict, checks };
  }
}

async function runOnce(
  exercise: Entry,
  draw: () => Round,
  text: string,
  { timeout, hidden = [], signal }: GradeOptions,
  look?: Look,
): Promise<Judgement> {
  if (text.includes('\0'))
    return { ...nothing, status: 'failed', message: 'The file holds a NUL character: it is no text.' };
  const lacking = lackOfRights() ?? lackOfLibrary();
  if (lacking) return { ...nothing, status: 'not run', message: lacking };
  let ground: Ground | undefined;
  let history: History | undefined;
  try {
    const round = draw();
    const { forwarding } = round;
    const enter = forwarding === undefined ? undefined : (thread: Process) => setForwarding(thread, forwarding);
    const heard = new History(round.scripts, round.begins, enter);
    history = heard;
    const image = exercise.needs?.includes('image') ? await hostImage() : undefined;
    const assignment = assignmentOf(exercise, round);
    const kit = visibleKit(image);
    const sandbox = await Sandbox.start({
      ...kit,
      hidden: [...kit.hidden, ...hidden],
      files: { [assignment.file]: text, [ASSIGNMENT_FILE]: JSON.stringify(assignment) },
      argv: [`${KIT}/node`, `${KIT}/bin/submission.cjs`],
      directory: `${KIT}/workspace`,
      timeout: START_S,
      prepared: async (pid) => {
        ground = await Ground.take(pid);
      },
      heard: (call) => heard.hear(call),
    });
    const end = () => void sandbox.remove().catch(() => {}); // the removal below is the same, and throws what this one would
    signal?.addEventListener('abort', end);
    if (signal?.aborted) end();
    try {
      if (!ground) throw new Error('Nobody has looked at the sandbox.');
      const verdict = await judgeRun(
        exercise,
        round,
        assignment,
        timeout,
        sandbox,
        new Trial(sandbox, ground, heard, assignment, image),
      );
      if (look && verdict.status === 'failed' && !sandbox.outcome && !signal?.aborted) {
        sandbox.keep();
        await look(verdict);
      }
      return verdict;
    } finally {
      signal?.removeEventListener('abort', end);
      await sandbox.remove();
    }
  } catch (error) {
    // After an interruption nobody hears of the verdict, but they must hear of what is left.
    if (signal?.aborted && error instanceof AggregateError) throw error;
    if (error instanceof SandboxUnavailable || error instanceof CannotLook)
      return { ...nothing, status: 'not run', message: error.message };
    return { ...nothing, status: 'error', message: `The grader failed: ${(error as Error).stack ?? error}` };
  } finally {
    history?.end();
    await ground?.end();
  }
}

/** @throws SandboxUnavailable where none can be kept or built: whatever the reason, it is this machine's */
async function hostImage(): Promise<string> {
  try {
    return await ensureImage('host');
  } catch (error) {
    throw new SandboxUnavailable(`It needs an image, and there is none. ${(error as Error).message}`);
  }
}

async function judgeRun(
  { needs = [] }: Entry,
  { check }: Round,
  { begun }: Assignment,
  timeout: number,
  sandbox: Sandbox,
  trial: Trial,
): Promise<Judgement> {
  try {
    const { identities, unlimited, cgroups } = sandbox;
    const offer = { hasRange: identities.hasRange, unlimited, hasVersion2: cgroups.some(isVersion2) };
    const reason = unmetNeed(needs, offer);
    if (reason) return { ...nothing, status: 'not run', message: reason };
    const idle = await whyNotBegun(sandbox, begun);
    if (idle) return { ...nothing, status: 'not run', message: idle };
    sandbox.allow(timeout);
    await check(trial);
    if (trial.results.length === 0) throw new Error('It expects nothing.');
    return { status: 'passed', checks: trial.results, trace: trial.trace, printed: trial.printed };
  } catch (error) {
    // Perhaps the sandbox could not be finished, and the submission has not run at all.
    await failureOf(sandbox);
    if (error instanceof CheckFailed || error instanceof ProcessUnseen) {
      const { results: checks, trace, printed } = trial;
      return { status: 'failed', checks, message: error.message, trace, printed };
    }
    throw error;
  }
}

/**
 * Waits until what runs submissions is about to load this one. What goes wrong
 * before that is this machine's doing, and it takes as long as the machine does.
 */
async function whyNotBegun(sandbox: Sandbox, begun: string): Promise<string | undefined> {
  while (!sandbox.stderr.text.includes(`${BEGUN}${begun}\n`)) {
    if (sandbox.failed) await sandbox.ended;
    if (sandbox.stopped)
      return `After ${START_S} s the submission has not begun: this machine is too slow, or too busy.`;
    if (sandbox.outcome) return `The submission has not begun: ${endInWords(sandbox)}${UNREADABLE}`;
    await sleep(PAUSE_MS);
  }
  return undefined;
}

/** @throws SandboxUnavailable if a call of the sandbox's own list failed */
async function failureOf(sandbox: Sandbox): Promise<void> {
  try {
    if (sandbox.failed) await sandbox.ended;
  } catch (error) {
    throw new SandboxUnavailable(`The sandbox cannot be made: ${(error as Error).message}`);
  }
}

function assignmentOf({ stem, needs = [] }: Entry, round: Round): Assignment {
  const { settings = {}, given = {}, directories = [], unhurried = false, scripts } = round;
  const root = needs.includes('image') ? { path: IMAGE } : DEFAULTS.root;
  return {
    file: `${KIT}/workspace/${stem}.ts`,
    begun: word(16),
    settings: { ...settings, root },
    given,
    directories,
    unhurried,
    scripts,
  };
}
