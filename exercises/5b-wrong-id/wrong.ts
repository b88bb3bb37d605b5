/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'group-left-out',
    fails: 'the map of group ids: expected',
    change: ['inside: given.gid', 'inside: 0'],
  },
  {
    name: 'nobody-waited',
    fails: 'the map of user ids: expected',
    changes: [
      ['  const checkpoint = await openCheckpoint(lab);\n', ''],
      ["import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';\n", ''],
      ['...waitFor(checkpoint), ', ''],
      ['  await release(lab, checkpoint);\n', ''],
    ],
  },
  {
    name: 'released-too-early',
    fails: 'the map of user ids: expected',
    changes: [
      ['  await release(lab, checkpoint);\n', ''],
      ['  const user = ', '  await release(lab, checkpoint);\n  const user = '],
    ],
  },
  {
    name: 'one-id-for-both',
    fails: 'the map of group ids: expected',
    change: ['inside: given.gid', 'inside: given.uid'],
  },
  {
    name: 'still-root-then-another',
    fails: 'This id has no line in the user namespace',
    changes: [
      [
        '[...waitFor(checkpoint), ...lab.program]',
        '[...waitFor(checkpoint), setGroup(given.gid), setUser(given.uid), ...lab.program]',
      ],
      ['inside: given.uid', 'inside: 0'],
      ['inside: given.gid', 'inside: 0'],
    ],
  },
];
