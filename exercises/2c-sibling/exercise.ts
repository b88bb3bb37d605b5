import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { stillThere } from '#src/checks/ground.ts';
import { addSegment, drawSegmentKey, hasSegment } from '#src/checks/namespaces.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

export const exercise: Exercise = {
  title: 'Shared with a sibling, hidden from the host',
  kind: 'write it',
  points: 10,
  starterFails: 'a segment of the program’s, seen by the sibling: expected it is there, observed it is not there',
  hints: [
    {
      when: 'a segment of the program’s, seen by the sibling',
      text: 'Each CLONE_NEWIPC makes one more namespace. How can a process come into one that exists? See setns(2).',
    },
    {
      when: 'a segment of the program’s, seen by the sandbox',
      text: 'What the two share is the sandbox’s own namespace. Somebody has to begin a new one.',
    },
    {
      when: 'a segment of the sandbox’s, seen by the sibling',
      text: 'The sibling is still where its parent is. It has to move before it becomes given.sibling.',
    },
    {
      when: 'the submission waits for the sibling',
      text: '`lab.wait` waits for one child. Here are two.',
    },
    {
      text: 'The first child, cloned with CLONE_NEWIPC, has its namespace from the clone on: /proc/PID/ns/ipc names it.',
    },
    {
      text: 'The sibling’s list begins with an `openat` of that file and a `setns` of what it has opened. It needs no flag.',
    },
    {
      text: 'A call may stand as an argument of a later one, for its result: `setns(namespace, CLONE_NEWIPC)`, where `namespace` is the `openat` that comes before it in the list.',
    },
  ],
  round() {
    const [shared, hidden] = [drawSegmentKey(), drawSegmentKey()];
    return {
      scripts: { program: sentry(), sibling: sentry() },
      async check(trial) {
        const program = await trial.program();
        await trial.expectSoon('the sibling, beside the program', () => ({
          expected: 'it runs',
          observed: trial.find('sibling') ? 'it runs' : trial.describeEnd().replace('it still', 'only the program'),
        }));
        const sibling = await trial.program('sibling');
        await makeSegment(trial, program, shared);
        await expectSegment(trial, 'a segment of the program’s, seen by the sibling', sibling, shared, true);
        await expectSegment(trial, 'a segment of the program’s, seen by the sandbox', trial.ground, shared, false);
        await makeSegment(trial, trial.ground, hidden);
        await expectSegment(trial, 'a segment of the sandbox’s, seen by the program', program, hidden, false);
        await expectSegment(trial, 'a segment of the sandbox’s, seen by the sibling', sibling, hidden, false);
        trial.expect("the submission's own process", stillThere(trial));
        const status = await trial.tell();
        await trial.expectSoon('the end of the program', () => ({
          expected: 'it has ended',
          observed: program.lives ? 'it still runs' : 'it has ended',
        }));
        await trial.expectStill('the submission waits for the sibling', () => ({
          expected: 'it still runs',
          observed: sibling.lives ? trial.describeEnd() : 'the sibling was ended together with the program',
        }));
        await trial.tell('sibling');
        trial.expectEnd(status, await trial.ended());
      },
    };
  },
};

async function makeSegment(trial: Trial, of: Process, key: number): Promise<void> {
  const refusal = await addSegment(of, key);
  if (refusal === undefined) return;
  const whose = of === trial.ground ? 'sandbox' : 'program';
  trial.expect(`a segment made in the namespace of the ${whose}`, { expected: 'it is made', observed: refusal });
}

async function expectSegment(trial: Trial, name: string, of: Process, key: number, there: boolean): Promise<void> {
  const found = await hasSegment(of, key);
  trial.expect(name, {
    expected: there ? 'it is there' : 'it is not there',
    observed: found.there ? 'it is there' : 'it is not there',
    command: found.command,
  });
}
