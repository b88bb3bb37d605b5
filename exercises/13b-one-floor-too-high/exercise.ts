import { basename, dirname } from 'node:path';
import type { Exercise } from '#src/catalogue/exercise.ts';
import { removed, unifiedOf, whereItBegan } from '#src/checks/cgroups.ts';
import { sentry, word } from '#src/checks/draw.ts';
import { processesIn } from '#src/proc/cgroup-files.ts';

export const exercise: Exercise = {
  title: 'One floor too high',
  kind: 'find the bug',
  points: 10,
  needs: ['cgroup2'],
  starterFails: "in the container's own, observed",
  hints: [
    {
      when: "the program's cgroup",
      text: 'The directory is made in the top of what the container sees. Which cgroup is that? Ask when it was settled: at the `unshare`, and not at the mount.',
    },
    {
      when: 'the top of the cgroups that it sees',
      text: 'A cgroup file system shows the top of the cgroup namespace of whoever mounts it. Without a namespace of its own that is the one of the sandbox.',
    },
    {
      when: 'the top of the cgroups that it sees',
      text: 'The namespace is made too late now: the process has moved on, and its top is the floor below.',
    },
    {
      when: 'the processes above',
      text: 'The program is to be on the lower floor; nobody stays in the container’s own cgroup.',
    },
    { text: 'When does the parent put the child into its cgroup? What does the child do before, and what after?' },
    { text: 'Let the child wait first.' },
  ],
  round() {
    const name = word();
    return {
      given: { name },
      unhurried: true,
      scripts: { program: sentry() },
      async check(trial) {
        const program = await trial.program();
        const first = await whereItBegan(trial, program);
        const begun = unifiedOf(first);
        const own = { directory: dirname(begun.directory), path: dirname(begun.path) };
        const look = `cat /proc/${program.pid}/cgroup /proc/${trial.parent.pid}/cgroup`;
        trial.expect("the program's cgroup", {
          expected: `${name}, in the container's own`,
          observed: inWords(begun.directory, trial.cgroups, name),
          command: look,
        });
        const now = unifiedOf(program).path;
        trial.expect('the cgroup of the program itself', { expected: begun.path, observed: now, command: look });
        const tops = program.mounts.filter(({ type }) => type === 'cgroup2').map(({ root }) => root);
        const top = tops.at(-1) ?? 'none';
        trial.expect('the top of the cgroups that it sees', {
          expected: "the container's own",
          observed: top === own.path ? "the container's own" : basename(top),
          command: `grep cgroup2 /proc/${program.pid}/mountinfo`,
        });
        const inside = first.namespace('cgroup') !== trial.ground.namespace('cgroup');
        trial.expect('the cgroup namespace', {
          expected: 'one of its own',
          observed: inside ? 'one of its own' : "the submission's",
          command: `ls -l /proc/${program.pid}/ns/cgroup`,
        });
        trial.expect('the processes above', {
          expected: 'none',
          observed: processesIn(own.directory).join(', ') || 'none',
          command: `cat ${own.directory}/cgroup.procs`,
        });
        await trial.expectStatus();
        trial.expect('the cgroup afterwards', removed(trial, own.directory));
      },
    };
  },
};

/** Where a cgroup is, with the names that the task has. */
function inWords(directory: string, submissions: readonly string[], name: string): string {
  const above = dirname(directory);
  const last = basename(directory);
  if (submissions.includes(directory)) return "the submission's";
  if (submissions.includes(above)) return last === name ? `${name}, in the submission's` : "the container's own";
  return submissions.includes(dirname(above)) ? `${last}, in the container's own` : last;
}
