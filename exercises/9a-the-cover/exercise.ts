import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { lookAtMounts } from '#src/checks/mounts.ts';
import { expectOutside, findPrisoner, letGo, rootInWords } from '#src/checks/prisoner.ts';

export const exercise: Exercise = {
  title: 'The cover',
  kind: 'write it',
  points: 10,
  needs: ['image'],
  starterFails: "the program's root: expected the sandbox's, observed the image's",
  hints: [
    {
      when: 'a child in the cage',
      text: 'The list begins with `...cage(…)`, as it was given, and in it the child waits until somebody has seen it there.',
    },
    {
      when: 'the root of the mount namespace in the cage',
      text: 'The cage is to be left as it is given: with the image over the old root.',
    },
    {
      when: 'mount namespaces that are open in the cage',
      text: 'A door that was open before the cage was made is none here. The way out leads through the cage’s own mount namespace.',
    },
    {
      when: "the program's root",
      text: 'A walk upwards ends at the image, since the image is mounted at `/`. What is below it in the same place, and what would show it?',
    },
    {
      when: 'the program runs',
      text: 'Look at the trace: which call failed? What was at /proc has gone with the image.',
    },
    {
      text: 'Two things have to happen. The image must go away from `/`, and then the process, whose root it still is, must get to what is at `/` now.',
    },
    {
      text: 'umount2(2) with MNT_DETACH takes a mount away that is in use. setns(2) into a mount namespace begins at its top, also if it is one’s own.',
    },
    {
      text: "First `openat('/proc/self/ns/mnt', O_RDONLY)`, then `umount('/', MNT.MNT_DETACH)`; and what with the descriptor?",
    },
  ],
  round() {
    return {
      scripts: { program: sentry() },
      async check(trial) {
        const prisoner = await findPrisoner(trial);
        const namespace = prisoner.namespace('mnt');
        await lookAtMounts(prisoner, (view) => {
          trial.expect('the root of the mount namespace in the cage', {
            expected: "the image's",
            observed: rootInWords(trial, view),
          });
        });
        const program = await letGo(trial, prisoner);
        trial.expect("the program's mount namespace", {
          expected: "the cage's",
          observed: program.namespace('mnt') === namespace ? "the cage's" : 'another one',
          command: `readlink /proc/${program.pid}/ns/mnt`,
        });
        await expectOutside(trial, program);
        await trial.expectStatus();
      },
    };
  },
};
