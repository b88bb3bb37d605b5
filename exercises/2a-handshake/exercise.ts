import { setTimeout as sleep } from 'node:timers/promises';
import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, whole, word } from '#src/checks/draw.ts';
import { sleepsAt, wakers } from '#src/checks/pipes.ts';
import type { Process } from '#src/checks/process.ts';
import { Cause } from '#src/checks/timer.ts';
import type { Trial } from '#src/checks/trial.ts';
import { hints } from './hints.ts';

const STDIN = 0;
const START_MS = 30_000;

export const exercise: Exercise = {
  title: 'A handshake',
  kind: 'write it',
  points: 10,
  starterFails: 'what runs while the child prepares itself: expected the child alone, observed the child and',
  hints,
  // All goes well, or the child dies, or the helper takes longer.
  rounds: 3,
  round(turn, kept) {
    const orders = `: ${word(whole(8, 40))}\n`;
    return {
      given: { length: orders.length },
      scripts: { program: sentry(), helper: sentry() },
      async check(trial) {
        if (turn === 1) return expectNotice(trial);
        const { parent } = trial;
        const child = await preparingChild(trial);
        await trial.expectStill('what runs while the child prepares itself', () => ({
          expected: 'the child alone',
          observed: company(trial, child),
          command: `ps -o pid,ppid,args --ppid ${parent.pid}`,
        }));
        const ready = await listeningParent(trial);
        const who = { 'the parent': parent, 'the child': child };
        trial.expect('who could wake the parent', { expected: 'the child', ...wakers(trial, ready, who) });
        const go = await openGate(trial, child, orders);
        await trial.expectSoon('the helper, once the child is ready', () => ({
          expected: 'it runs',
          observed: trial.find('helper') ? 'it runs' : `it does not run, and the parent ${activity(trial, parent)}`,
        }));
        const helper = new Cause(kept, 'the end of the helper');
        const look = () => ({
          expected: 'it does not run',
          observed: whileItWaits(trial, child, go),
          command: `cat /proc/${child.pid}/wchan`,
        });
        await trial.expectStill('the program, while the helper runs', look, helper.held);
        trial.expect('where the child waits for its go', {
          expected: 'at a second pipe',
          observed: go === ready ? 'at the first pipe' : 'at a second pipe',
          command: `ls -l /proc/${child.pid}/fd`,
        });
        trial.expect('who could wake the child', { expected: 'the parent', ...wakers(trial, go, who) });
        await trial.tell('helper');
        await trial.expectSoon('the program, once the helper has ended', () => ({
          expected: 'it runs',
          observed: trial.find() ? 'it runs' : `it does not run, and the child ${activity(trial, child)}`,
        }));
        helper.noteEffect();
        trial.expect('what the child has become', {
          expected: 'the program',
          observed: trial.find()?.pid === child.pid ? 'the program' : 'something else: the program is another process',
        });
        await trial.expectStatus();
      },
    };
  },
};

/** Kills the child while the parent waits for it. */
async function expectNotice(trial: Trial): Promise<void> {
  const child = await preparingChild(trial);
  await listeningParent(trial);
  trial.signal(child, 'SIGKILL');
  await trial.expectSoon('the parent, once the child has died', () => ({
    expected: 'it has ended',
    observed: trial.find('helper')
      ? 'it has started `given.helper`'
      : trial.parent.lives
        ? 'it still runs'
        : 'it has ended',
    command: `grep . /proc/${trial.parent.pid}/task/*/wchan`,
  }));
}

/** The child, which sleeps at the standard input until the grader sends something. */
async function preparingChild(trial: Trial): Promise<Process> {
  let child: Process | undefined;
  const look = () => trial.processes().find((process) => isChild(trial, process) && sleepsAt(process)?.fd === STDIN);
  // The submission has yet to start.
  await trial.until(() => (look() ?? trial.find() ?? trial.find('helper')) !== undefined, START_MS);
  await trial.expectSoon('the child prepares itself', () => {
    child = look();
    return {
      expected: 'it sleeps in read(2) at its standard input',
      observed: child ? 'it sleeps in read(2) at its standard input' : `there is no such child: ${trial.describeEnd()}`,
      command: `ps -o pid,ppid,wchan:20,args --ppid ${trial.parent.pid}`,
    };
  });
  return child ?? trial.parent;
}

function isChild(trial: Trial, process: Process): boolean {
  return process.pid !== trial.parent.pid && sameCommand(process, trial.parent);
}

/** What the submission has cloned, without the compiler, which runs as well. */
function company(trial: Trial, child: Process): string {
  if (trial.find('helper')) return 'the child and `given.helper`';
  const others = trial.processes().filter(({ pid }) => pid !== trial.parent.pid && pid !== child.pid);
  // Before its execve, a child shows the command line of its parent, whose memory it shares.
  const cloned = others.some((process) => trial.find()?.pid === process.pid || sameCommand(process, trial.parent));
  return cloned ? 'the child and another one' : 'the child alone';
}

function sameCommand(one: Process, other: Process): boolean {
  try {
    return one.argv.join('\0') === other.argv.join('\0');
  } catch {
    return false; // It ended meanwhile.
  }
}

/** The pipe at which the parent sleeps. */
async function listeningParent(trial: Trial): Promise<string> {
  let pipe = '';
  await trial.expectSoon('the parent, while the child prepares itself', () => {
    pipe = sleepsAt(trial.parent)?.pipe ?? '';
    return {
      expected: 'it sleeps at a pipe',
      observed: `it ${activity(trial, trial.parent)}`,
      command: `grep . /proc/${trial.parent.pid}/task/*/wchan`,
    };
  });
  return pipe;
}

/**
 * Lets the child's preparations end, while the parent is stopped: if there is
 * only one pipe, the child is sure to read what it has written itself. Returns
 * the pipe at which the child sleeps then.
 */
async function openGate(trial: Trial, child: Process, orders: string): Promise<string> {
  trial.signal(trial.parent, 'SIGSTOP');
  while (trial.parent.state !== 'T') await sleep(1);
  trial.send(orders);
  let pipe = '';
  await trial.expectSoon('the child, once it is prepared, with its parent stopped', () => {
    const asleep = sleepsAt(child);
    pipe = asleep?.pipe ?? '';
    return {
      expected: 'it sleeps at a pipe',
      observed:
        asleep && asleep.fd === STDIN ? 'it still sleeps at its standard input' : `it ${activity(trial, child)}`,
    };
  });
  trial.signal(trial.parent, 'SIGCONT');
  return pipe;
}

function whileItWaits(trial: Trial, child: Process, go: string): string {
  if (trial.find()) return 'it runs';
  return sleepsAt(child)?.pipe === go ? 'it does not run' : 'the child no longer sleeps at its pipe';
}

function activity(trial: Trial, process: Process): string {
  if (!process.lives) return process.pid === trial.parent.pid ? `has ended: ${trial.describeEnd()}` : 'has ended';
  return sleepsAt(process) ? 'sleeps at a pipe' : 'does not sleep at a pipe';
}
