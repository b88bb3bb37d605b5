/** One run of one step, from the settings to the exit status. */
import { CallFailure } from '../executor/failure.ts';
import { attempt } from '../executor/perform.ts';
import type { End } from '../executor/reaper.ts';
import { Run, type RunOptions } from '../lab/run.ts';
import { isolates, type Step } from '../lab/step.ts';
import { currentChildren, endStrays } from '../leftovers/processes.ts';
import { idMapWrites } from '../steps/05-user.ts';
import { CLONE_NEWUSER } from '../syscalls/flags.ts';
import { becomeSubreaper } from '../syscalls/processes.ts';
import { LentTerminal } from '../terminal/lend.ts';
import { inImage } from './early-image.ts';
import { Signals } from './signals.ts';

export interface StepRun
  extends Pick<RunOptions, 'owner' | 'settings' | 'rootless' | 'program' | 'observer' | 'say' | 'revise'> {
  readonly step: Pick<Step, 'has' | 'run'>;
  /** The program runs in the image of the settings, though the step does not see to it. */
  readonly addImage?: boolean;
}

/** The kit's own failures, as docker run has them. */
const KIT_FAILED = 125;

/**
 * Runs a step at this terminal and undoes what it did, however it ends.
 * Returns the exit status: the program's, or 128+n if signal n killed it.
 * @throws CallFailure if a call of the step failed.
 */
export async function runStep({ step, addImage = false, ...options }: StepRun): Promise<number> {
  const terminal = LentTerminal.own();
  const signals = new Signals(options.say ?? (() => {}), terminal !== undefined, () => run.cancelWaits());
  const run = new Run({
    ...options,
    identity: identityOf({ step, addImage, ...options }),
    terminal: terminal?.fd,
    onChild: (child) => {
      terminal?.follow(child.pid);
      signals.watch(child);
    },
    onStop: () => terminal?.suspend(),
  });
  const before = currentChildren();
  attempt(becomeSubreaper());
  const outcome = await settled(async () => step.run(addImage ? await inImage(run, step) : run));
  const failure = 'error' in outcome ? await run.causeOf(outcome.error) : undefined;
  terminal?.reclaim();
  const trouble = await settled(() => run.end());
  endStrays(run.owner, before);
  signals.release();
  if ('error' in trouble) throw withCause(trouble.error, signals.status === undefined ? failure : undefined);
  if (signals.status !== undefined) return signals.status;
  if ('error' in outcome) throw failure;
  return statusOf(outcome.value);
}

/** The exit status for an error: 126 and 127 as a shell has them for a program that cannot run. */
export function failureStatus(error: unknown): number {
  if (
    error instanceof CallFailure &&
    error.failed.side === 'child' &&
    error.failed.call.info.leaves === 'for a program'
  ) {
    return error.errno === 'ENOENT' ? 127 : 126;
  }
  return KIT_FAILED;
}

/**
 * What comes first in the child of a step that has no user namespace: without
 * root it needs one all the same; a step that makes nothing, only for an image.
 */
export function identityOf({
  step,
  settings,
  rootless = false,
  addImage = false,
}: Pick<StepRun, 'step' | 'settings' | 'rootless' | 'addImage'>): RunOptions['identity'] {
  const isNeeded = rootless && !step.has.has('user') && (isolates(step) || addImage);
  return isNeeded ? { calls: idMapWrites(settings, 'self'), flags: CLONE_NEWUSER } : undefined;
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

async function settled<T>(act: () => Promise<T>): Promise<Settled<T>> {
  try {
    return { value: await act() };
  } catch (error) {
    return { error };
  }
}

/** What went wrong at the end must not hide what went wrong before: both are said. */
function withCause(trouble: unknown, failure: unknown): unknown {
  if (!(failure instanceof Error) || !(trouble instanceof Error)) return trouble;
  return new AggregateError([failure, trouble], `${failure.message}\n${trouble.message}`, { cause: failure });
}

function statusOf(end: End): number {
  return 'status' in end ? end.status : 128 + end.signal;
}
