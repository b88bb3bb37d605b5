/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'left-behind',
    fails: 'the cgroup afterwards: expected removed, observed still there',
    change: ['lab.onEnd(() => group.remove());', ''],
  },
  {
    name: 'one-share-each',
    fails: "the neighbour's cgroup: expected the program's, observed one of its own",
    changes: [
      [
        "import type { Call } from '#src/syscalls/call.ts';",
        `import { newOwnerName } from '#src/leftovers/owner.ts';
import type { Call } from '#src/syscalls/call.ts';`,
      ],
      [
        'const start = async (program: readonly Call[]) => {',
        `const start = async (program: readonly Call[]) => {
    const group = planControlGroup({ cpus: given.percent / 200 }, newOwnerName());
    lab.onEnd(() => group.remove());
    await lab.perform(group.create);`,
      ],
    ],
  },
  {
    name: 'only-the-program',
    fails: "the neighbour's cgroup: expected the program's, observed the submission's",
    change: [
      'await lab.perform(group.join(container.pid));',
      'if (program === lab.program) await lab.perform(group.join(container.pid));',
    ],
  },
  {
    name: 'per-mille',
    fails: 'the quota: expected',
    change: ['/ 100', '/ 1000'],
  },
  {
    name: 'the-parent-joined',
    fails: "the program's cgroup: expected one of its own, observed the submission's",
    changes: [
      ['lab.perform(group.create)', 'lab.perform([...group.create, ...group.join(process.pid)])'],
      ['await lab.perform(group.join(container.pid));', ''],
    ],
  },
  {
    name: 'another-left-behind',
    fails: 'the cgroup afterwards: expected removed, observed removed, but there is',
    changes: [
      [
        'import { openCheckpoint, release',
        `import { newOwnerName } from '#src/leftovers/owner.ts';
import { openCheckpoint, release`,
      ],
      [
        'await lab.perform(group.create);',
        `await lab.perform(group.create);
  await lab.perform(planControlGroup({ cpus: 1 }, newOwnerName()).create);`,
      ],
    ],
  },
  {
    name: 'joined-too-late',
    fails: "the program's cgroup: expected one of its own, observed the submission's",
    changes: [
      ['await lab.perform(group.join(container.pid));\n', ''],
      [
        'await release(lab, checkpoint);',
        'await release(lab, checkpoint);\n    await lab.perform(group.join(container.pid));',
      ],
    ],
  },
];
