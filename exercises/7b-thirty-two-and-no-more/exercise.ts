import type { Exercise } from '#src/catalogue/exercise.ts';
import {
  cgroupInWords,
  cgroupOf,
  LimitsAtFirst,
  limitOf,
  refusedForks,
  removed,
  whereItBegan,
} from '#src/checks/cgroups.ts';
import { sentry, whole } from '#src/checks/draw.ts';

const FORKS = '(while :; do sleep 600 & done) 2>/dev/null &';

export const exercise: Exercise = {
  title: 'Thirty-two and no more',
  kind: 'write it',
  points: 10,
  needs: ['pids'],
  starterFails: "the program's cgroup: expected one of its own, observed the submission's",
  hints: [
    {
      when: "the program's cgroup",
      text: 'The program was seen outside of the cgroup. Either it never joined, or it ran before it did: let it wait at a checkpoint until it is in.',
    },
    {
      when: "the program's cgroup",
      text: 'A child is in the cgroup that its parent was in when it forked. Moving the parent later does not move it.',
    },
    { when: 'the limit', text: 'The number to write is `given.most`, as it is. The shell counts, too.' },
    { when: 'the cgroup afterwards', text: '`lab.onEnd(() => group.remove())` removes it when the run is over.' },
    {
      text: '`planControlGroup({ pids }, lab.owner)` plans a cgroup: `create` makes it, `join(pid)` puts a process in.',
    },
    { text: 'The order is all: make the group, clone, join with the container’s pid, release.' },
  ],
  round() {
    const most = whole(20, 40);
    const limits = new LimitsAtFirst((process) => limitOf(cgroupOf(process, 'pids'), 'pids.max'));
    return {
      given: { most },
      unhurried: true,
      scripts: { program: sentry({ woken: FORKS }) },
      begins: (process, name) => limits.look(process, name),
      async check(trial) {
        const program = await trial.program();
        const first = await whereItBegan(trial, program);
        trial.expect("the program's cgroup", cgroupInWords(trial, first, 'pids'));
        trial.expect('the cgroup of the program itself', {
          ...cgroupInWords(trial, program, 'pids', { "its first child's": first }),
          expected: "its first child's",
        });
        const group = cgroupOf(program, 'pids');
        trial.expect('the limit', {
          expected: most,
          observed: limits.inWords('program', limitOf(group, 'pids.max'), (limit) => limit ?? 'none'),
          command: `cat ${group}/pids.max`,
        });
        const before = refusedForks(group);
        await trial.wake();
        await trial.expectSoon('forks that the kernel refused', () => {
          const observed = refusedForks(group) - before;
          return { expected: '1 or more', observed, holds: observed > 0, command: `cat ${group}/pids.events` };
        });
        const observed = limitOf(group, 'pids.current') ?? 0;
        trial.expect('processes in the cgroup', {
          expected: `at most ${most}`,
          observed,
          holds: observed <= most,
          command: `cat ${group}/pids.current`,
        });
        await trial.expectStatus();
        trial.expect('the cgroup afterwards', removed(trial, group));
      },
    };
  },
};
