/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'always-137',
    fails: 'the exit status: expected exit status',
    change: ['128 + end.signal', '137'],
  },
  {
    name: 'both-at-once',
    fails: 'the second program, while the first one runs: expected it does not run, observed it runs',
    change: [
      'const first = await runAlone(lab, lab.program);\n  const second = await runAlone(lab, given.second);',
      'const [first, second] = await Promise.all([runAlone(lab, lab.program), runAlone(lab, given.second)]);',
    ],
  },
  {
    name: 'ends-with-the-last',
    fails: 'the exit status: expected exit status',
    change: ['first + second', 'second'],
  },
  {
    name: 'signal-as-status',
    fails: 'the exit status: expected exit status',
    change: ['128 + end.signal', 'end.signal'],
  },
  {
    name: 'only-the-first-can-be-killed',
    fails: 'the exit status: expected exit status',
    changes: [
      ['const second = await runAlone(lab, given.second);', 'const second = await runAlone(lab, given.second, 0);'],
      ['program: readonly Call[])', 'program: readonly Call[], killed?: number)'],
      ['128 + end.signal', '(killed ?? 128 + end.signal)'],
    ],
  },
  {
    name: 'always-sigterm',
    fails: 'the exit status: expected exit status',
    change: ['128 + end.signal', '143'],
  },
];
