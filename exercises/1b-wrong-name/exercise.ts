import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, word } from '#src/checks/draw.ts';
import { ownNamespace, stillThere } from '#src/checks/ground.ts';
import { programsName, sandboxsName } from '#src/checks/namespaces.ts';
import type { Trial } from '#src/checks/trial.ts';

export const exercise: Exercise = {
  title: 'The wrong name changed',
  kind: 'find the bug',
  points: 10,
  starterFails: "the sandbox's host name: expected sandbox, observed",
  hints: [
    {
      when: "the sandbox's host name",
      text: 'Somebody outside of both containers has called sethostname. Who makes the calls of `lab.perform`?',
    },
    {
      when: "the sandbox's host name",
      text: 'Inside, all looks right, because a new UTS namespace begins as a copy of the one that its maker is in.',
    },
    {
      when: 'the host name of the first container',
      text: 'A name belongs to all processes of a namespace. Does each container have one of its own?',
    },
    {
      when: 'the submission waits for both containers',
      text: '`lab.wait` waits for one child. Here are two.',
    },
    { text: 'Every call of this program is made by somebody. Go through them, and say by whom: parent or child?' },
    { text: 'The call has to be made by the child, after the clone: it belongs into the list, before the program.' },
  ],
  round() {
    const [hostname, secondName] = [word(), word()];
    return {
      settings: { hostname },
      given: { secondName },
      scripts: { program: sentry(), second: sentry() },
      async check(trial) {
        const first = await trial.program();
        await expectSecond(trial);
        const second = await trial.program('second');
        trial.expect('the host name of the first container', await programsName(trial, first, 'hostname', hostname));
        trial.expect(
          'the host name of the second container',
          await programsName(trial, second, 'hostname', secondName),
        );
        trial.expect("the sandbox's host name", await sandboxsName(trial, 'hostname'));
        trial.expect('the UTS namespace of the first container', ownNamespace(trial, first, 'uts'));
        trial.expect('the UTS namespace of the second container', ownNamespace(trial, second, 'uts'));
        trial.expect("the submission's own process", stillThere(trial));
        const status = await trial.tell();
        await trial.expectSoon('the end of the first container', () => ({
          expected: 'it has ended',
          observed: first.lives ? 'it still runs' : 'it has ended',
        }));
        await trial.expectStill('the submission waits for both containers', () => ({
          expected: 'it still runs',
          observed: second.lives ? trial.describeEnd() : 'the second one was ended together with the first',
        }));
        await trial.tell('second');
        trial.expectEnd(status, await trial.ended());
      },
    };
  },
};

function expectSecond(trial: Trial): Promise<void> {
  return trial.expectSoon('the second container, beside the first one', () => ({
    expected: 'it runs',
    observed: trial.find('second') ? 'it runs' : trial.describeEnd().replace('it still', 'only the first one'),
  }));
}
