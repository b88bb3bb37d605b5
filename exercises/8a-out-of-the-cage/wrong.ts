/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'a-smaller-cage',
    fails: 'the program runs: expected a running program, observed exit status 127',
    change: ["[chroot('tmp'), ", "[chroot('tmp'), chdir('/'), "],
  },
  {
    name: 'another-in-the-cage',
    fails: "the program's process: expected the one that was in the cage, observed another one",
    changes: [
      ['const container', 'await lab.wait(await lab.clone(cage(lab), CLONE_NEWPID | CLONE_NEWNS));\n  const container'],
      ['[...cage(lab), ...wayOut(), ...lab.program]', 'lab.program'],
    ],
  },
  {
    name: 'half-way-up',
    fails: 'the program runs: expected a running program, observed exit status 127',
    change: ["'../../../../../../..'", "'../..'"],
  },
  {
    name: 'no-cage',
    fails: "a child in the cage: expected a process whose root is the image's, observed none",
    change: ['...cage(lab), ...wayOut(), ', ''],
  },
  {
    name: 'root-left-below',
    fails: "the program's root: expected the sandbox's, observed some other directory",
    change: [
      "[chroot('tmp'), chdir('../../../../../../..'), chroot('.')]",
      "[chroot('usr'), chdir('../../../../../../..')]",
    ],
  },
  {
    name: 'up-inside',
    fails: "the program's root: expected the sandbox's, observed the image's",
    change: ["[chroot('tmp'), ", '['],
  },
  {
    name: 'a-door-left-open',
    fails: 'directories that are open in the cage: expected none, observed /',
    changes: [
      ['const container', "const door = openat('/', O_RDONLY);\n  const container"],
      ['[...cage(lab), ...wayOut(), ', "[door, ...cage(lab), fchdir(door), chroot('.'), "],
      ['CLONE_NEWNS, CLONE_NEWPID }', 'CLONE_NEWNS, CLONE_NEWPID, O_RDONLY }'],
    ],
  },
];
