/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const FREEZE = '  await lab.perform(group.freeze());\n';
const THAW = '  await lab.perform(group.thaw());\n';
const COPY = '  const copy = await lab.clone(given.copy, CLONE_NEWPID);\n';
const RELEASE = '  await release(lab, checkpoint);\n';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'frozen-too-late',
    fails: 'the program when the copy begins: expected it stands still, observed it ran',
    changes: [
      [FREEZE, ''],
      [COPY, COPY + FREEZE],
    ],
  },
  {
    name: 'stopped-by-a-signal',
    fails: 'the program when the copy begins: expected it stands still, observed it ran',
    changes: [
      [FREEZE, "  process.kill(program.pid, 'SIGSTOP');\n"],
      [THAW, "  process.kill(program.pid, 'SIGCONT');\n"],
    ],
  },
  {
    name: 'frozen-before-it-begins',
    fails: 'the program when the copy begins: expected it stands still, observed it had not begun',
    changes: [
      [FREEZE, ''],
      [RELEASE, FREEZE + RELEASE],
    ],
  },
  {
    name: 'thawed-too-early',
    fails: 'the program while the copy runs: expected it stands still, observed it runs',
    changes: [
      [THAW, ''],
      ['  await lab.wait(copy);\n', `${THAW}  await lab.wait(copy);\n`],
    ],
  },
  {
    name: 'never-thawed',
    fails: 'the program after the copy: expected it goes on, observed it stands still',
    change: [THAW, ''],
  },
  {
    name: 'left-behind',
    fails: 'the cgroup afterwards: expected removed, observed still there',
    change: ['  lab.onEnd(() => group.remove());\n', ''],
  },
  {
    name: 'thawed-and-frozen-again',
    fails: 'the program after the copy: expected it goes on, observed it stands still',
    change: [THAW, THAW + FREEZE],
  },
];
