/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'first-to-end',
    fails: 'the submission waits for the other one: expected it still runs',
    change: [
      '[await lab.wait(first), await lab.wait(second)]',
      '[await Promise.race([lab.wait(first), lab.wait(second)])]',
    ],
  },
  {
    name: 'in-a-namespace',
    fails: "the namespaces of both programs: expected the sandbox's, observed new ones: uts",
    changes: [
      [
        "import type { Call } from '#src/syscalls/call.ts';",
        `import type { Call } from '#src/syscalls/call.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';`,
      ],
      ['lab.clone(given.second, 0)', 'lab.clone(given.second, CLONE_NEWUTS)'],
    ],
  },
  {
    name: 'last-status-only',
    fails: 'the exit status: expected exit status',
    change: ['sum + statusOf(end)', 'statusOf(end)'],
  },
  {
    name: 'one-after-the-other',
    fails: 'both programs run at the same time: expected both, observed only `lab.program`',
    changes: [
      ['const second = await lab.clone(given.second, 0);', ''],
      ['await lab.wait(second)', 'await lab.wait(await lab.clone(given.second, 0))'],
    ],
  },
  // Right whenever the second is the last to end.
  {
    name: 'waits-for-the-second',
    fails: 'the submission waits for the other one: expected it still runs',
    change: [
      'const ends = [await lab.wait(first), await lab.wait(second)];',
      `const ends: End[] = [];
  void lab.wait(first).then((end) => ends.push(end));
  ends.push(await lab.wait(second));`,
    ],
  },
];
