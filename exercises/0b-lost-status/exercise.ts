import { constants } from 'node:os';
import type { Exercise } from '#src/catalogue/exercise.ts';
import { oneOf, sentry } from '#src/checks/draw.ts';
import { stillThere } from '#src/checks/ground.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

/** Signals of which a shell dies, without a core file. SIGKILL is missing, for 137 is what one would guess. */
const SIGNALS = ['SIGHUP', 'SIGUSR2', 'SIGPIPE', 'SIGALRM'] as const;
const OTHER_SIGNALS = ['SIGTERM', 'SIGVTALRM', 'SIGPROF', 'SIGIO'] as const;
/** An exit status has eight bits, and this is one of two numbers that are added. */
const MOST = 90;
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
  // Either can be the one that a signal ends. The two signals differ: whoever counts on one of them fails once.
  rounds: 2,
  round(turn) {
    const killed: Name = turn === 0 ? 'program' : 'second';
    const signal = oneOf(turn === 0 ? SIGNALS : OTHER_SIGNALS);
    return {
      scripts: { program: sentry(), second: sentry() },
      async check(trial) {
        /** Returns the number that a shell has for its end. */
        const end = async (name: Name, process: Process) => {
          let number = 128 + constants.signals[signal];
          if (name === killed) trial.signal(process, signal);
          else number = await trial.tell(name, MOST);
          await expectNothingLeft(trial, name, process);
          return number;
        };
        const first = await trial.program();
        await trial.expectStill('the second program, while the first one runs', () => ({
          expected: 'it does not run',
          observed: trial.find('second') ? 'it runs' : 'it does not run',
        }));
        const numbers = [await end('program', first)];
        await trial.expectSoon('the second program, once the first one has ended', () => ({
          expected: 'it runs',
          observed: trial.find('second') ? 'it runs' : trial.describeEnd(),
        }));
        const second = await trial.program('second');
        trial.expect("the submission's own process", stillThere(trial));
        numbers.push(await end('second', second));
        await trial.ended();
        const expected = `exit status ${numbers.reduce((sum, number) => sum + number, 0)}`;
        trial.expect('the exit status', {
          expected: `${expected}: ${inWords(killed, signal, numbers)}`,
          observed: trial.describeEnd(),
          holds: trial.describeEnd() === expected,
        });
      },
    };
  },
};

function inWords(killed: Name, signal: NodeJS.Signals, [first = 0, second = 0]: readonly number[]): string {
  const status = killed === 'program' ? second : first;
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
