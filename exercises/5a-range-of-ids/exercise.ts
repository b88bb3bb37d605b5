import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, whole } from '#src/checks/draw.ts';
import type { Expectation } from '#src/checks/expectation.ts';
import { ownNamespace } from '#src/checks/ground.ts';
import { identityOf, idMapOf } from '#src/checks/ids.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';
import type { IdRange } from '#src/proc/id-maps.ts';
import { outsideId } from '#src/sandbox/identities.ts';

export const exercise: Exercise = {
  title: 'A range of ids',
  kind: 'write it',
  points: 10,
  needs: ['ids'],
  starterFails: 'the map of user ids: expected',
  hints: [
    { when: 'the user namespace', text: 'Without CLONE_NEWUSER there is no map to write.' },
    {
      when: 'the program runs',
      text: 'EINVAL says that an id has no line in the map; EPERM, that the map cannot be written so, or not any more. One write per file, with all the lines.',
    },
    {
      when: 'the map of user ids',
      text: 'A line is `inside outside count`. `mapText` of step 5 makes the lines of a list of ranges.',
    },
    {
      when: 'the map of group ids',
      text: 'Groups have a file of their own, gid_map, and here other ranges than users.',
    },
    {
      when: 'who the program is, outside',
      text: 'The kernel counts from the beginning of a range: the id inside, less the first inside, plus the first outside. Which user and which group is the program, inside?',
    },
    {
      text: 'Who writes the maps? The parent, into /proc/PID/uid_map and /proc/PID/gid_map, while the child waits at a checkpoint.',
    },
    { text: '`writeFile` in src/syscalls/files.ts gives the calls for one file, `lab.perform` makes them.' },
    {
      text: 'In the child: wait, `dropGroups()`, `setGroup(given.group)`, `setUser(given.user)`, the program. They are in src/syscalls/identity.ts.',
    },
  ],
  round() {
    const [uids, gids] = [ranges(), ranges()];
    const [user, group] = [idIn(uids), idIn(gids)];
    return {
      given: { uids, gids, user, group },
      scripts: { program: sentry() },
      async check(trial) {
        const inside = await trial.program();
        trial.expect('the user namespace', ownNamespace(trial, inside, 'user'));
        trial.expect('the map of user ids', mapOf(trial, inside, 'uid', uids));
        trial.expect('the map of group ids', mapOf(trial, inside, 'gid', gids));
        trial.expect('who the program is, outside', {
          expected: `${outsideId(uids, user)}:${outsideId(gids, group)}`,
          ...identityOf(trial, inside),
        });
        await trial.expectStatus();
      },
    };
  },
};

/** Three lines of a map: with gaps inside, and out of order outside. */
function ranges(): IdRange[] {
  const places = [10_000, 20_000, 30_000, 40_000, 50_000];
  return [0, 1000, 3000].map((least) => {
    const [place = 0] = places.splice(whole(0, places.length - 1), 1);
    return { inside: least && least + whole(0, 900), outside: place + whole(0, 5000), count: whole(20, 900) };
  });
}

/** An id inside, neither root nor the first of its range. */
function idIn(map: readonly IdRange[]): number {
  const { inside = 0, count = 0 } = map[whole(1, map.length - 1)] ?? {};
  return inside + whole(1, count - 1);
}

function mapOf(trial: Trial, process: Process, which: 'uid' | 'gid', expected: IdRange[]): Expectation {
  const { lines, when, command } = idMapOf(trial, process, which);
  const wanted = expected.map(({ inside, outside, count }) => `${inside} ${outside} ${count}`);
  return { expected: wanted.join(', '), observed: `${inOrder(lines).join(', ') || 'no line'}${when}`, command };
}

/** By the first id inside: the order of the lines means nothing. */
function inOrder(lines: readonly string[]): string[] {
  return [...lines].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}
