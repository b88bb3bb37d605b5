import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry, whole } from '#src/checks/draw.ts';
import type { Expectation } from '#src/checks/expectation.ts';
import { ownNamespace } from '#src/checks/ground.ts';
import { identityOf, idMapOf } from '#src/checks/ids.ts';
import type { Process } from '#src/checks/process.ts';
import type { Trial } from '#src/checks/trial.ts';

export const exercise: Exercise = {
  title: 'The wrong id',
  kind: 'find the bug',
  points: 10,
  starterFails: 'observed 0 0 1',
  hints: [
    {
      when: 'the map of user ids',
      text: 'Read the line in words: "inside, the ids from … on are, outside, the ids from … on, so many". Who is the program then, inside? And who should it be?',
    },
    {
      when: 'the map of user ids',
      text: 'The first number is the id inside, the second the id outside. The user outside is the one who calls `run`.',
    },
    { when: 'the map of group ids', text: 'A group is mapped like a user, in a file of its own.' },
    {
      when: 'the program runs',
      text: 'EPERM from a write to a map: an id outside that is not yours to give. EINVAL from setresuid or setresgid: an id without a line.',
    },
    {
      when: 'who the program is, outside',
      text: 'The map is right. Has the program become somebody else on the way?',
    },
    {
      text: 'The process is somebody already, outside: whoever made it. The map alone decides under which number it knows itself.',
    },
    { text: 'In each `identity` line, put the id that was asked for in the place of the first 0.' },
  ],
  round() {
    const [uid, gid] = [whole(1000, 30_000), whole(30_001, 60_000)];
    return {
      given: { uid, gid },
      unhurried: true,
      scripts: { program: sentry() },
      async check(trial) {
        const inside = await trial.program();
        trial.expect('the user namespace', ownNamespace(trial, inside, 'user'));
        trial.expect('the map of user ids', mapOf(trial, inside, 'uid', uid));
        trial.expect('the map of group ids', mapOf(trial, inside, 'gid', gid));
        trial.expect('who the program is, outside', { expected: '0:0', ...identityOf(trial, inside) });
        await trial.expectStatus();
      },
    };
  },
};

function mapOf(trial: Trial, process: Process, which: 'uid' | 'gid', id: number): Expectation {
  const { lines, when, command } = idMapOf(trial, process, which);
  return { expected: `${id} 0 1`, observed: `${lines.join(', ') || 'no line'}${when}`, command };
}
