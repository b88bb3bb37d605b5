/** One run of one step, from the settings to the exit status. */
import { CallFailure } from '../executor/failure.ts';
import { attempt } from '../executor/perform.ts';
import type { End } from '../executor/reaper.ts';
import { Lab, type LabOptions } from '../lab/lab.ts';
import { currentChildren, endStrays } from '../leftovers/processes.ts';
import type { Settings } from '../settings/settings.ts';
import { idMapWrites } from '../steps/05-user.ts';
import type { Step } from '../steps/index.ts';
import { CLONE_NEWUSER } from '../syscalls/flags.ts';
import { becomeSubreaper } from '../syscalls/processes.ts';
import { Terminal } from '../terminal/lend.ts';
import { useImage } from './early-image.ts';
import { Signals } from './signals.ts';

export interface Run {
  readonly step: Step;
  readonly settings: Settings;
  readonly program: LabOptions['program'];
  readonly observer?: LabOptions['observer'];
  readonly say?: (line: string) => void;
  readonly revise?: LabOptions['revise'];
  /** The program runs in the image of the settings, though the step does not see to it. */
  readonly inImage?: boolean;
}

/** The kit's own failures, as docker run has them. */
const KIT_FAILED = 125;

/**
 * Runs a step at this terminal and undoes what it did, however it ends.
 * Gives the exit status: the program's, or 128+n if signal n killed it.
 * @throws CallFailure if a call of the step failed.
 */
export async function runStep({
  step,
  settings,
  program,
  say = () => {},
  inImage = false,
  ...rest
}: Run): Promise<number> {
  const terminal = Terminal.own();
  const signals = new Signals(say, terminal !== undefined);
  const lab = new Lab({
    ...rest,
    say,
    settings,
    program,
    identity: needsIdentity(step, settings, inImage)
      ? { calls: idMapWrites({ settings }, 'self'), flags: CLONE_NEWUSER }
      : undefined,
    terminal: terminal?.fd,
    onChild: (child) => {
      terminal?.follow(child.pid);
      signals.watch(child);
    },
    onStop: () => terminal?.suspend(),
  });
  const before = currentChildren();
  attempt(becomeSubreaper());
  try {
    if (inImage) await useImage(lab, step.number);
    const end = await step.run(lab);
    return signals.status ?? statusOf(end);
  } catch (error) {
    if (signals.status !== undefined) return signals.status;
    throw await lab.causeOf(error);
  } finally {
    terminal?.reclaim();
    try {
      await lab.end();
    } finally {
      endStrays(lab.owner, before);
      signals.release();
    }
  }
}

/** The exit status for an error: 126 and 127 as a shell has them for a program that cannot run. */
export function failureStatus(error: unknown): number {
  if (error instanceof CallFailure && error.failed.side === 'child' && error.failed.call.info.name === 'execve') {
    return error.errno === 'ENOENT' ? 127 : 126;
  }
  return KIT_FAILED;
}

/** Steps 0 to 4 have no user namespace yet; without root they need one all the same, step 0 only for an image. */
function needsIdentity(step: Step, { rootless }: Settings, inImage: boolean): boolean {
  return rootless && step.number <= 4 && (step.number > 0 || inImage);
}

function statusOf(end: End): number {
  return 'status' in end ? end.status : 128 + end.signal;
}
