/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'child-keeps-its-copy',
    fails: 'who could wake the child: expected the parent, observed the parent and the child',
    change: ['[close(writeEnd), waitForParent(readEnd)', '[waitForParent(readEnd)'],
  },
  {
    name: 'cloned-afterwards',
    fails:
      'the child, while the helper runs: expected it sleeps at a pipe, observed there is no child that sleeps at a pipe',
    changes: [
      ['const container', 'await lab.wait(await lab.clone(given.helper, 0));\n  const container'],
      [');\n  await lab.wait(await lab.clone(given.helper, 0));', ');'],
    ],
  },
  {
    name: 'closes-the-wrong-end',
    fails:
      'the child, while the helper runs: expected it sleeps at a pipe, observed there is no child that sleeps at a pipe',
    change: ['[close(writeEnd), waitForParent(readEnd)', '[close(readEnd), waitForParent(readEnd)'],
  },
  // The end of the pipe is the child's sign to go on.
  {
    name: 'closes-too-late',
    fails: 'it has not begun: its process sleeps at a pipe to which only the child can write',
    changes: [
      ['[close(writeEnd), waitForParent(readEnd)', '[waitForParent(readEnd), close(writeEnd)'],
      ["[close(readEnd), write(writeEnd, '.'), close(writeEnd)]", '[close(readEnd), close(writeEnd)]'],
      ["atLeast(1, 'The parent ended before it let the child go.', read(readEnd, byte))", 'read(readEnd, byte)'],
    ],
  },
  // The helper is usually done by then.
  {
    name: 'goes-on-by-a-timer',
    fails: 'the program, while the helper runs: expected it does not run, observed it runs',
    change: [
      'await lab.wait(await lab.clone(given.helper, 0));',
      'await lab.clone(given.helper, 0);\n  await new Promise((resolve) => setTimeout(resolve, 1500));',
    ],
  },
  {
    name: 'no-checkpoint',
    fails: 'the program, while the helper runs: expected it does not run, observed it runs',
    change: ['[close(writeEnd), waitForParent(readEnd), ', '['],
  },
  {
    name: 'released-too-early',
    fails: 'the program, while the helper runs: expected it does not run, observed it runs',
    changes: [
      ['await lab.wait(await lab.clone(given.helper, 0));', ''],
      [
        "await lab.perform([close(readEnd), write(writeEnd, '.'), close(writeEnd)]);",
        `await lab.perform([close(readEnd), write(writeEnd, '.'), close(writeEnd)]);
  await lab.wait(await lab.clone(given.helper, 0));`,
      ],
    ],
  },
];
