import type { Exercise } from '#src/catalogue/exercise.ts';
import { cgroupInWords, cgroupOf, limitOf, refusedForks, removed } from '#src/checks/cgroups.ts';
import { exitStatus, servant, whole } from '#src/checks/draw.ts';
import { descendants } from '#src/checks/process.ts';

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
      when: "the cgroup of the program's first child",
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
    const [most, status] = [whole(20, 40), exitStatus()];
    const program = servant(status);
    return {
      given: { most },
      // A child from its very beginning: one that was too early for the limit stays outside for ever.
      scripts: { program: { ...program, text: `sleep 600 & ${program.text}` } },
      async check(trial) {
        const program = await trial.program();
        trial.expect("the program's cgroup", cgroupInWords(trial, program, 'pids'));
        await trial.expectSoon("the cgroup of the program's first child", () => {
          const [, child] = descendants(program.pid);
          if (!child) return { expected: "the program's", observed: 'none' };
          const found = cgroupInWords(trial, child, 'pids', { "the program's": program });
          return { ...found, expected: "the program's" };
        });
        const group = cgroupOf(program, 'pids');
        trial.expect('the limit', {
          expected: most,
          observed: limitOf(group, 'pids.max') ?? 'none',
          command: `cat ${group}/pids.max`,
        });
        const before = refusedForks(group);
        await trial.say(FORKS);
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
        await trial.expectStatus(status);
        trial.expect('the cgroup afterwards', removed(group));
      },
    };
  },
};
