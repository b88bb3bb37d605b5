/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'parent-moves-out',
    fails: 'observed it has left the namespaces: uts',
    changes: [
      ['{ sethostname }', '{ sethostname, unshare }'],
      [
        'return lab.clone([sethostname(name), ...program], CLONE_NEWUTS);',
        `await lab.perform([unshare(CLONE_NEWUTS), sethostname(name)]);
  return lab.clone(program, CLONE_NEWUTS);`,
      ],
    ],
  },
  {
    name: 'waits-for-the-first',
    fails: 'the submission waits for both containers: expected it still runs',
    change: ['[lab.wait(first), lab.wait(second)]', '[lab.wait(first)]'],
  },
];
