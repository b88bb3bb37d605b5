import type { Exercise } from '#src/catalogue/exercise.ts';
import {
  cgroupInWords,
  cgroupOf,
  LimitsAtFirst,
  limitOf,
  oomKills,
  removed,
  whereItBegan,
} from '#src/checks/cgroups.ts';
import { sentry, whole } from '#src/checks/draw.ts';
import type { Expectation } from '#src/checks/expectation.ts';

const MIB = 2 ** 20;
/** tail(1) keeps the last line, and /dev/zero is one line without end. */
const HOG = { first: 'exec 2>/dev/null', woken: 'tail /dev/zero' };
const PATIENCE_MS = 10_000;

export const exercise: Exercise = {
  title: 'The hog alone',
  kind: 'write it',
  points: 10,
  needs: ['memory'],
  starterFails: "the hog's cgroup: expected one of its own, observed the program's",
  hints: [
    {
      when: "the hog's cgroup",
      text: 'In one cgroup the two share one limit, and when it is reached, any of them can be killed. Make a second cgroup.',
    },
    {
      when: "the program's cgroup",
      text: 'A process stays in the cgroup of whoever cloned it until somebody moves it: the parent should not join, the container should.',
    },
    {
      when: "the program's cgroup",
      text: 'What counts is where the program began: its first child shows that. Let it wait at a checkpoint until it is in.',
    },
    { when: "the program's limit", text: 'Which limit is whose? `given.bytes` has one for each.' },
    { when: "the hog's limit", text: 'Which limit is whose? `given.bytes` has one for each.' },
    { when: "the program's cgroup afterwards", text: 'Two cgroups, two times `lab.onEnd(() => group.remove())`.' },
    { when: "the hog's cgroup afterwards", text: 'Two cgroups, two times `lab.onEnd(() => group.remove())`.' },
    {
      text: 'Two cgroups need two names, and `lab.owner` is one. `newOwnerName()` in src/leftovers/owner.ts gives another one.',
    },
    {
      text: 'Write a function that does it for one container: plan, create, checkpoint, clone, join, release. Then call it twice.',
    },
  ],
  round() {
    const bytes = { program: whole(48, 64) * MIB, hog: whole(24, 40) * MIB };
    const limits = new LimitsAtFirst((process) => memoryLimit(cgroupOf(process, 'memory')));
    return {
      given: { bytes },
      unhurried: true,
      scripts: { program: sentry(), hog: sentry(HOG) },
      begins: (process, name) => limits.look(process, name),
      async check(trial) {
        const [program, hog] = [await trial.program(), await trial.program('hog')];
        const first = { program: await whereItBegan(trial, program), hog: await whereItBegan(trial, hog) };
        trial.expect("the program's cgroup", cgroupInWords(trial, first.program, 'memory'));
        trial.expect("the hog's cgroup", cgroupInWords(trial, first.hog, 'memory', { "the program's": first.program }));
        const groups = { program: cgroupOf(first.program, 'memory'), hog: cgroupOf(first.hog, 'memory') };
        trial.expect("the program's limit", limit(groups.program, bytes.program, limits, 'program'));
        trial.expect("the hog's limit", limit(groups.hog, bytes.hog, limits, 'hog'));

        await trial.wake('hog');
        await trial.expectSoon(
          "kills in the hog's cgroup",
          () => {
            const observed = oomKills(groups.hog);
            return { expected: '1 or more', observed, holds: observed > 0, command: killsCommand(groups.hog) };
          },
          PATIENCE_MS,
        );
        trial.expect("kills in the program's cgroup", {
          expected: 0,
          observed: oomKills(groups.program),
          command: killsCommand(groups.program),
        });
        await trial.expectStatus();
        trial.expect("the program's cgroup afterwards", removed(trial, groups.program));
        trial.expect("the hog's cgroup afterwards", removed(trial, groups.hog));
      },
    };
  },
};

function memoryLimit(group: string): number | undefined {
  const found = limitOf(group, 'memory.limit_in_bytes', 'memory.max') ?? Number.POSITIVE_INFINITY;
  // v1 writes no limit as a number near 2^63.
  return found < 2 ** 60 ? found : undefined;
}

function limit(group: string, expected: number, limits: LimitsAtFirst, name: string): Expectation {
  const inWords = (bytes?: number) => (bytes === undefined ? 'none' : `${bytes} bytes`);
  return {
    expected: `${expected} bytes`,
    observed: limits.inWords(name, memoryLimit(group), inWords),
    command: `grep -s . ${group}/memory.limit_in_bytes ${group}/memory.max`,
  };
}

function killsCommand(group: string): string {
  return `grep -s oom_kill ${group}/memory.oom_control ${group}/memory.events`;
}
