import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { sleepsAt, wakers } from '#src/checks/pipes.ts';
import type { Process } from '#src/checks/process.ts';
import { Cause } from '#src/checks/timer.ts';
import type { Trial } from '#src/checks/trial.ts';

export const exercise: Exercise = {
  title: 'It hangs',
  kind: 'find the bug',
  points: 10,
  starterFails: 'it has not begun: its process sleeps at a pipe to which only the child can write',
  hints: [
    {
      when: 'the program, once the helper has ended',
      text: 'The child sleeps until a byte comes, or until nobody holds the write end any more. Who holds it?',
    },
    {
      when: 'the program, once the helper has ended',
      text: 'A clone copies all descriptors. The parent has closed its two. How many are left?',
    },
    {
      when: 'who could wake the child',
      text: 'Now it goes on, but if the parent died before it wrote, the child would wait for itself for ever. Which of its descriptors should it close?',
    },
    {
      when: 'the program, while the helper runs',
      text: 'The checkpoint is there for a reason: the program must not start before the helper has done its work.',
    },
    {
      when: 'the child, while the helper runs',
      text: 'The helper would need the number of a child that waits. Keep the clone before the helper, and the checkpoint in the child’s list.',
    },
    {
      text: 'Compare with `waitFor` and `release`, in src/steps/02-ipc.ts. Both differ from this program in one respect.',
    },
    {
      text: 'Before its read, the child has to close its copy of the write end. And the parent should say “go” by a byte.',
    },
  ],
  // The second time, the helper takes longer.
  rounds: 2,
  round(_turn, kept) {
    return {
      scripts: { program: sentry(), helper: sentry() },
      async check(trial) {
        // The submission has yet to start.
        await trial.until(() => (trial.find('helper') ?? trial.find()) !== undefined, START_MS);
        await trial.expectSoon('the helper', () => ({
          expected: 'it runs',
          observed: trial.find('helper') ? 'it runs' : `it does not run: ${trial.describeEnd()}`,
        }));
        const helper = new Cause(kept, 'the end of the helper');
        const look = () => ({ expected: 'it does not run', observed: trial.find() ? 'it runs' : 'it does not run' });
        await trial.expectStill('the program, while the helper runs', look, helper.held);
        const { child, pipe, who } = await waitingChild(trial);
        const meanwhile = wakers(trial, pipe, who);
        await trial.tell('helper');
        await trial.expectSoon('the program, once the helper has ended', () => ({
          expected: 'it runs',
          observed: trial.find() ? 'it runs' : `it has not begun: ${reason(trial, child, who)}`,
          command: `cat /proc/${child.pid}/wchan; ls -l /proc/${child.pid}/fd`,
        }));
        helper.noteEffect();
        trial.expect('who could wake the child', { expected: 'the parent', ...meanwhile });
        trial.expect('what the child has become', {
          expected: 'the program',
          observed: trial.find()?.pid === child.pid ? 'the program' : 'something else: the program is another process',
        });
        await trial.expectStatus();
      },
    };
  },
};

const START_MS = 30_000;

type Who = Readonly<Record<string, Process>>;

/** The child that sleeps at a pipe, and is no program yet. */
async function waitingChild(trial: Trial): Promise<{ child: Process; pipe: string; who: Who }> {
  const { parent } = trial;
  let child: Process | undefined;
  await trial.expectSoon('the child, while the helper runs', () => {
    child = trial.processes().find((process) => process.pid !== parent.pid && isCloned(process, parent));
    return {
      expected: 'it sleeps at a pipe',
      observed: child ? 'it sleeps at a pipe' : 'there is no child that sleeps at a pipe',
      command: `ps -o pid,ppid,wchan:20,args --ppid ${parent.pid}`,
    };
  });
  const who = { 'the parent': parent, 'the child': child ?? parent };
  return { child: who['the child'], pipe: sleepsAt(who['the child'])?.pipe ?? '', who };
}

/** Before its execve, a child shows the command line of its parent, whose memory it shares. */
function isCloned(process: Process, parent: Process): boolean {
  try {
    return sleepsAt(process) !== undefined && process.argv.join('\0') === parent.argv.join('\0');
  } catch {
    return false; // It ended meanwhile.
  }
}

function reason(trial: Trial, child: Process, who: Who): string {
  const asleep = sleepsAt(child);
  if (!asleep) return trial.describeEnd();
  const { observed } = wakers(trial, asleep.pipe, who);
  return `its process sleeps at a pipe to which only ${observed} can write`;
}
