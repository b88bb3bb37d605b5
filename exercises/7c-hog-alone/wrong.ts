/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'a-thousand-times-too-much',
    fails: "the program's limit: expected",
    change: ['{ memory }', '{ memory: memory * 1024 }'],
  },
  {
    name: 'left-behind',
    fails: "the program's cgroup afterwards: expected removed, observed still there",
    change: ['lab.onEnd(() => group.remove());', ''],
  },
  {
    name: 'limits-swapped',
    fails: "the program's limit: expected",
    changes: [
      ['bytes.program', 'bytes.hog'],
      ['bytes.hog', 'bytes.program'],
    ],
  },
  {
    name: 'only-the-hog',
    fails: "the program's cgroup: expected one of its own, observed the submission's",
    change: ['startLimited(lab, lab.program, bytes.program)', 'lab.clone(lab.program, CLONE_NEWPID)'],
  },
  {
    name: 'the-parent-joined',
    fails: "the program's cgroup: expected one of its own, observed the sandbox's",
    change: ['group.join(container.pid)', 'group.join(process.pid)'],
  },
  {
    name: 'joined-too-late',
    fails: "the program's cgroup: expected one of its own, observed the submission's",
    changes: [
      ['await lab.perform(group.join(container.pid));\n', ''],
      [
        'await release(lab, checkpoint);',
        'await release(lab, checkpoint);\n  await lab.perform(group.join(container.pid));',
      ],
    ],
  },
];
