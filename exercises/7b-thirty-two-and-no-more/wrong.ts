/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'joined-too-late',
    fails: "the program's cgroup: expected one of its own, observed the submission's",
    changes: [
      ['await lab.perform(group.join(container.pid));', ''],
      [
        'await release(lab, checkpoint);',
        `await release(lab, checkpoint);
  // Let it get going.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await lab.perform(group.join(container.pid));`,
      ],
    ],
  },
  {
    name: 'left-behind',
    fails: 'the cgroup afterwards: expected removed, observed still there',
    change: ['lab.onEnd(() => group.remove());', ''],
  },
  {
    name: 'one-for-the-shell',
    fails: 'the limit: expected',
    change: ['pids: given.most', 'pids: given.most + 1'],
  },
  {
    name: 'the-parent-and-its-children',
    fails: "the program's cgroup: expected one of its own, observed the submission's",
    changes: [
      ['lab.perform(group.create)', 'lab.perform([...group.create, ...group.join(process.pid)])'],
      ['await lab.perform(group.join(container.pid));', ''],
    ],
  },
  {
    name: 'the-parent-joined',
    fails: "the program's cgroup: expected one of its own, observed the sandbox's",
    change: ['group.join(container.pid)', 'group.join(process.pid)'],
  },
  {
    name: 'joined-a-moment-too-late',
    fails: "the program's cgroup: expected one of its own, observed the submission's",
    changes: [
      ['await lab.perform(group.join(container.pid));\n', ''],
      [
        'await release(lab, checkpoint);',
        'await release(lab, checkpoint);\n  await lab.perform(group.join(container.pid));',
      ],
    ],
  },
  {
    name: 'nobody-waited',
    fails: "the program's cgroup: expected one of its own, observed the submission's",
    changes: [
      ['  const checkpoint = await openCheckpoint(lab);\n', ''],
      ["import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';\n", ''],
      ['...waitFor(checkpoint), ', ''],
      ['  await release(lab, checkpoint);\n', ''],
    ],
  },
];
