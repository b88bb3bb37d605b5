/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'a-directory-of-the-image',
    fails: "the program's working directory: expected the image's top, observed some other directory",
    change: ["chroot(image), chdir('/')", 'chdir(`${image}/tmp`), chroot(image)'],
  },
  {
    name: 'back-at-the-parents',
    fails: "the program's working directory: expected the image's top, observed some other directory",
    change: ["chroot(image), chdir('/')", "chdir('/kit/workspace'), chroot(image)"],
  },
  {
    name: 'no-chroot',
    fails: "the program's root: expected the image's top, observed the sandbox's top",
    change: ["chroot(image), chdir('/')", 'chdir(image)'],
  },
  {
    name: 'path-from-outside',
    fails: 'the program runs: expected a running program, observed exit status 125',
    change: ["chdir('/')", 'chdir(image)'],
  },
];
