import type { Exercise } from '#src/catalogue/exercise.ts';
import {
  cgroupInWords,
  cgroupOf,
  cpusOf,
  LimitsAtFirst,
  removed,
  throttled,
  whereItBegan,
} from '#src/checks/cgroups.ts';
import { sentry, whole } from '#src/checks/draw.ts';

const BURN = '(while :; do :; done) &';
/** On a machine with much to do, it is long before a quota is used up. */
const PATIENCE_MS = 12_000;

export const exercise: Exercise = {
  title: 'A fifth of a CPU',
  kind: 'write it',
  points: 10,
  needs: ['cpu'],
  starterFails: "the program's cgroup: expected one of its own, observed the submission's",
  hints: [
    {
      when: "the program's cgroup",
      text: 'A process is in the cgroup of whoever cloned it, until somebody moves it. Who should join is the container, not the parent.',
    },
    {
      when: "the program's cgroup",
      text: 'What counts is where the program began: its first child shows that. Let it wait at a checkpoint until it is in.',
    },
    {
      when: "the neighbour's cgroup",
      text: 'A share for both together is one cgroup with both in it. Two cgroups would be two shares.',
    },
    { when: 'the quota', text: 'In the kit `cpus` counts CPUs: 1 is a whole one. `given.percent` counts hundredths.' },
    {
      text: '`planControlGroup({ cpus }, lab.owner)` plans a cgroup, `create` makes it, and `join(pid)` puts a process in.',
    },
    {
      text: '`makeGroup` in step 7 shows how to make it and how to have it removed. `join` can be performed for one process after the other.',
    },
    { when: 'the cgroup afterwards', text: '`lab.onEnd(() => group.remove())` removes it when the run is over.' },
    {
      text: 'Two checkpoints, two clones, and before the releases: `await lab.perform(group.join(program.pid))`, and the same for the neighbour.',
    },
  ],
  round() {
    const percent = whole(15, 25);
    const quotas = new LimitsAtFirst((process) => cpusOf(cgroupOf(process, 'cpu')));
    return {
      given: { percent },
      unhurried: true,
      scripts: { program: sentry({ woken: BURN }), neighbour: sentry({ woken: BURN }) },
      begins: (process, name) => quotas.look(process, name),
      async check(trial) {
        const [program, neighbour] = [await trial.program(), await trial.program('neighbour')];
        const first = { program: await whereItBegan(trial, program), neighbour: await whereItBegan(trial, neighbour) };
        trial.expect("the program's cgroup", cgroupInWords(trial, first.program, 'cpu'));
        trial.expect("the neighbour's cgroup", {
          ...cgroupInWords(trial, first.neighbour, 'cpu', { "the program's": first.program }),
          expected: "the program's",
        });
        const group = cgroupOf(first.program, 'cpu');
        const inWords = (cpus?: number) =>
          cpus === undefined ? 'no limit' : `${Number((cpus * 100).toFixed(1))} % of a CPU`;
        trial.expect('the quota', {
          expected: `${percent} % of a CPU`,
          observed: quotas.inWords('program', cpusOf(group), inWords),
          command: `grep . ${group}/cpu.*`,
        });
        const before = throttled(group);
        await trial.wake();
        await trial.wake('neighbour');
        await trial.expectSoon(
          'periods in which both had to wait',
          () => {
            const observed = throttled(group) - before;
            const command = `cat ${group}/cpu.stat`;
            return { expected: '1 or more', observed, holds: observed > 0, command };
          },
          PATIENCE_MS,
        );
        await trial.expectStatus();
        trial.expect('the cgroup afterwards', removed(trial, group));
      },
    };
  },
};
