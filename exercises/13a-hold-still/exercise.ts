import type { Exercise } from '#src/catalogue/exercise.ts';
import { cgroupInWords, cgroupOf, removed, whereItBegan } from '#src/checks/cgroups.ts';
import { sentry } from '#src/checks/draw.ts';
import type { Expectation } from '#src/checks/expectation.ts';
import { freezerOf, isFrozen } from '#src/leftovers/freezer.ts';

const STILL = 'it stands still';

/** What the program did when the copy began. */
type AtFirst = 'it had not begun' | 'it ran' | typeof STILL;

export const exercise: Exercise = {
  title: 'Hold still',
  kind: 'write it',
  points: 10,
  needs: ['freezer'],
  starterFails: 'the program when the copy begins: expected it stands still, observed it ran',
  hints: [
    {
      when: 'the program when the copy begins',
      text: 'Stop the program before the copy is cloned, and not before it runs itself. `group.freeze()` gives the calls; `lab.perform` makes them.',
    },
    {
      when: 'the program when the copy begins',
      text: 'A signal stops one process, and whoever may send it may send SIGCONT, too. What counts is the state of the cgroup: all that is in it.',
    },
    {
      when: 'the program while the copy runs',
      text: 'It went on too early. Only when `lab.wait(copy)` has come back has the copy ended.',
    },
    { when: 'the program after the copy', text: '`group.thaw()` gives the calls that let it go on.' },
    { when: 'the cgroup afterwards', text: '`lab.onEnd(() => group.remove())` removes it when the run is over.' },
    {
      when: "the program's cgroup",
      text: 'A process is in the cgroup in which its parent was when it was cloned, until somebody moves it. Join before the release.',
    },
    { text: 'The order: release the program; freeze; clone the copy, and wait for it; thaw; wait for the program.' },
  ],
  round() {
    let group: string | undefined;
    let atFirst: AtFirst | undefined;
    return {
      unhurried: true,
      scripts: { program: sentry(), copy: sentry() },
      async begins(process, name) {
        if (name === 'program') group = cgroupOf(process, 'freezer');
        else atFirst = group === undefined ? 'it had not begun' : isFrozen(group) ? STILL : 'it ran';
      },
      async check(trial) {
        const copy = await trial.program('copy');
        if (atFirst !== undefined) {
          trial.expect('the program when the copy begins', { expected: STILL, observed: atFirst });
        }
        const program = await trial.program();
        const directory = cgroupOf(program, 'freezer');
        const look = (): Expectation => ({
          expected: STILL,
          observed: freezerOf(directory)?.holds(directory) ? STILL : 'it runs',
          command: `grep -s . ${directory}/freezer.state ${directory}/cgroup.events`,
        });
        await trial.expectSoon('the program while the copy runs', look);
        const first = await whereItBegan(trial, program);
        trial.expect("the program's cgroup", cgroupInWords(trial, first, 'freezer', { "the copy's": copy }));
        await trial.expectStill('the program while the copy runs', look);
        await trial.tell('copy');
        const after = () => ({
          ...look(),
          expected: 'it goes on',
          observed: isFrozen(directory) ? STILL : 'it goes on',
        });
        await trial.expectSoon('the program after the copy', after);
        await trial.expectStill('the program after the copy', after);
        await trial.expectStatus();
        trial.expect('the cgroup afterwards', removed(trial, directory));
      },
    };
  },
};
