import type { Exercise } from '#src/catalogue/exercise.ts';
import { sentry } from '#src/checks/draw.ts';
import { expectOutside, findPrisoner, letGo } from '#src/checks/prisoner.ts';

export const exercise: Exercise = {
  title: 'Out of the cage',
  kind: 'write it',
  points: 10,
  needs: ['image'],
  starterFails: "the program's root: expected the sandbox's, observed the image's",
  hints: [
    {
      when: 'a child in the cage',
      text: 'The list begins with `...cage(lab)`, as it was given, and in it the child waits until somebody has seen it there.',
    },
    {
      when: "the program's root",
      text: 'The way up ends at the root directory: there `..` leads to itself. But only there. What if you stand outside of your own root?',
    },
    {
      when: 'the program runs',
      text: 'The cage has become smaller: the new root has no /bin/sh. Climb before you call that home.',
    },
    {
      text: 'chroot(2) moves the root directory and leaves the working directory where it is. After a second chroot, which way is up for it?',
    },
    {
      text: 'A chroot into a directory of the image makes the root a place below you. From then on no `..` meets it.',
    },
    { text: '`chroot("tmp")`, without a `chdir` after it; then `chdir("../../../../..")`; and what is left to do?' },
  ],
  round() {
    return {
      scripts: { program: sentry() },
      async check(trial) {
        const prisoner = await findPrisoner(trial);
        await expectOutside(trial, await letGo(trial, prisoner));
        await trial.expectStatus();
      },
    };
  },
};
