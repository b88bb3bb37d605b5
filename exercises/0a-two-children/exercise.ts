import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { sandboxsNamespaces, stillThere } from '#src/checks/ground.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

export const exercise: Exercise = {
  title: 'Two children, two statuses',
  kind: 'write it',
  points: 10,
  starterFails: 'both programs run at the same time: expected both, observed only `lab.program`',
  hints: [
    {
      when: 'both programs run at the same time',
      text: '`lab.clone` comes back as soon as there is a child; `lab.wait` comes back when the child has ended. In which order do you call them?',
    },
    {
      when: 'the namespaces of both programs',
      text: 'The second argument of `lab.clone` names new namespaces. Which number names none?',
    },
    {
      when: 'the submission waits for the other one',
      text: 'One child has ended, and `run` went on without the other. For how many ends does it wait?',
    },
    {
      when: 'the exit status',
      text: 'What `run` returns may be an end that you have made yourself: `{ status: 3 }` is one.',
    },
    { text: 'Clone the first, clone the second, and only then wait, for one and then for the other.' },
    {
      text: "An `End` has a `status` or a `signal`. With `if (!('status' in end)) return end;` you can go on with `end.status`.",
    },
  ],
  // Either may be the first to end.
  rounds: 2,
  round(turn) {
    const [ending, other] = turn === 0 ? (['program', 'second'] as const) : (['second', 'program'] as const);
    return {
      scripts: { program: sentry(), second: sentry() },
      async check(trial) {
        const both = await runningBoth(trial);
        const { pid } = trial.parent;
        trial.expect('the parent of both programs', {
          expected: `process ${pid}, which runs the submission`,
          observed: parents(both, pid),
          command: `ps -o pid,ppid,args --ppid ${pid}`,
        });
        trial.expect('the namespaces of both programs', sandboxsNamespaces(trial, ...both));
        const first = await end(trial, ending);
        await trial.expectStill('the submission waits for the other one', () => ({
          expected: 'it still runs',
          observed: trial.find(other) ? trial.describeEnd() : `${NAMES[other]} was ended together with the first`,
        }));
        trial.expect("the submission's own process", stillThere(trial));
        const second = await end(trial, other);
        await trial.ended();
        const expected = `exit status ${first + second}`;
        trial.expect('the exit status', {
          expected: `${expected}, the sum of ${first} and ${second}`,
          observed: trial.describeEnd(),
          holds: trial.describeEnd() === expected,
        });
      },
    };
  },
};

const START_MS = 30_000;

type Name = 'program' | 'second';
const NAMES: Readonly<Record<Name, string>> = { program: '`lab.program`', second: '`given.second`' };

async function runningBoth(trial: Trial): Promise<readonly Process[]> {
  // The submission has yet to start.
  await trial.until(() => (trial.find() ?? trial.find('second')) !== undefined, START_MS);
  let found: readonly Process[] = [];
  await trial.expectSoon('both programs run at the same time', () => {
    const running = (['program', 'second'] as const).filter((name) => trial.find(name));
    found = running.map((name) => trial.find(name)).filter((process) => process !== undefined);
    const observed = running.length > 0 ? `only ${NAMES[running[0] ?? 'program']}` : trial.describeEnd();
    return {
      expected: 'both',
      observed: found.length === 2 ? 'both' : observed,
      command: `ps -o pid,ppid,args --ppid ${trial.parent.pid}`,
    };
  });
  return found;
}

function parents(both: readonly Process[], pid: number): string {
  const others = both.map(({ parent }) => parent).filter((parent) => parent !== pid);
  return others.length === 0 ? `process ${pid}, which runs the submission` : `process ${others.join(' and ')}`;
}

/** Ends one of the programs, and waits until it has gone. Returns its status: of two, the sum is less than 125. */
async function end(trial: Trial, name: Name): Promise<number> {
  const status = await trial.tell(name, 59);
  await trial.expectSoon(`the end of ${NAMES[name]}`, () => ({
    expected: 'it has ended',
    observed: trial.find(name) ? 'it still runs' : 'it has ended',
  }));
  return status;
}
