import { constants } from 'node:os';
import type { Exercise } from '#src/catalogue/exercise.ts';
import { exitStatus, oneOf, sentry, servant } from '#src/checks/draw.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

/** Signals of which a shell dies, without a core file. SIGKILL is missing, for 137 is what one would guess. */
const SIGNALS = ['SIGHUP', 'SIGUSR2', 'SIGPIPE', 'SIGALRM', 'SIGTERM', 'SIGVTALRM', 'SIGPROF', 'SIGIO'] as const;
const ORDINALS = { program: 'first', second: 'second' } as const;

type Name = keyof typeof ORDINALS;

export const exercise: Exercise = {
  title: 'A status that got lost',
  kind: 'find the bug',
  points: 10,
  starterFails: 'the exit status: expected exit status',
  hints: [
    {
      when: 'the exit status',
      text: 'A child can end in two ways. Which of them does the program know? See the type `End`, in src/executor/reaper.ts.',
    },
    {
      when: 'the second program, while the first one runs',
      text: 'Wait for the first child before there is a second.',
    },
    {
      text: 'wait4(2) tells of an exit by its status, and of a death by its signal. The second kind has no status at all.',
    },
    { text: "Shells agreed on one number for both: `sh -c 'kill -TERM $$'; echo $?` prints 143, which is 128 + 15." },
    { text: "`'status' in end ? end.status : 128 + end.signal` is that number." },
  ],
  round() {
    const signal = oneOf(SIGNALS);
    const status = exitStatus();
    const killed: Name = oneOf(['program', 'second']);
    return {
      scripts: { program: servant(status), second: sentry(status) },
      async check(trial) {
        const end = async (name: Name, process: Process) => {
          if (name === killed) trial.signal(process, signal);
          else if (name === 'program') trial.release();
          else await trial.wake(name);
          await expectNothingLeft(trial, name, process);
        };
        const first = await trial.program();
        await trial.expectStill('the second program, while the first one runs', () => ({
          expected: 'it does not run',
          observed: trial.find('second') ? 'it runs' : 'it does not run',
        }));
        await end('program', first);
        await trial.expectSoon('the second program, once the first one has ended', () => ({
          expected: 'it runs',
          observed: trial.find('second') ? 'it runs' : trial.describeEnd(),
        }));
        await end('second', await trial.program('second'));
        await trial.ended();
        const number = constants.signals[signal];
        const expected = `exit status ${status + 128 + number}`;
        trial.expect('the exit status', {
          expected: `${expected}: ${sum(killed, signal, status)}`,
          observed: trial.describeEnd(),
          holds: trial.describeEnd() === expected,
        });
      },
    };
  },
};

function sum(killed: Name, signal: NodeJS.Signals, status: number): string {
  const other = killed === 'program' ? 'second' : 'program';
  const number = constants.signals[signal];
  return `${status} of the ${ORDINALS[other]} program, and 128 + ${number} of the ${ORDINALS[killed]}, which ${signal} ended`;
}

async function expectNothingLeft(trial: Trial, name: Name, { pid }: Process): Promise<void> {
  await trial.expectSoon(`what is left of the ${ORDINALS[name]} program`, () => {
    const rest = trial.processes().find((process) => process.pid === pid);
    return {
      expected: 'nothing',
      observed: rest ? (rest.lives ? 'it still runs' : 'a zombie') : 'nothing',
      command: `ps -o pid,ppid,stat,args -p ${pid}`,
    };
  });
}
