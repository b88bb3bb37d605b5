/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'both-in-the-sandbox',
    fails: 'a segment of the program’s, seen by the sandbox: expected it is not there, observed it is there',
    change: ['lab.clone(lab.program, CLONE_NEWIPC)', 'lab.clone(lab.program, 0)'],
  },
  {
    name: 'joins-and-leaves-again',
    fails: 'a segment of the program’s, seen by the sibling: expected it is there, observed it is not there',
    changes: [
      ['{ setns }', '{ setns, unshare }'],
      ['setns(namespace, CLONE_NEWIPC),', 'setns(namespace, CLONE_NEWIPC), unshare(CLONE_NEWIPC),'],
    ],
  },
  {
    name: 'parent-moves-out',
    fails: 'observed it has left the namespaces: ipc',
    changes: [
      ['{ setns }', '{ setns, unshare }'],
      [
        'const container = await lab.clone(lab.program, CLONE_NEWIPC)',
        'await lab.perform([unshare(CLONE_NEWIPC)]);\n  const container = await lab.clone(lab.program, 0)',
      ],
    ],
  },
  {
    name: 'sibling-stays',
    fails: 'a segment of the program’s, seen by the sibling: expected it is there, observed it is not there',
    change: ['[namespace, setns(namespace, CLONE_NEWIPC), ...given.sibling]', 'given.sibling'],
  },
  {
    name: 'waits-for-the-program',
    fails: 'the submission waits for the sibling: expected it still runs',
    change: ['[lab.wait(container), lab.wait(sibling)]', '[lab.wait(container)]'],
  },
  {
    name: 'parent-leaves-afterwards',
    fails: 'a segment of the program’s, seen by the sandbox: expected it is not there, observed it is there',
    changes: [
      ['{ setns }', '{ unshare }'],
      ["import { openat } from '#src/syscalls/files.ts';\n", ''],
      ['CLONE_NEWIPC, O_RDONLY', 'CLONE_NEWIPC'],
      ['lab.clone(lab.program, CLONE_NEWIPC)', 'lab.clone(lab.program, 0)'],
      ['  const namespace = openat(`/proc/${container.pid}/ns/ipc`, O_RDONLY);\n', ''],
      [
        'lab.clone([namespace, setns(namespace, CLONE_NEWIPC), ...given.sibling], 0);',
        'lab.clone(given.sibling, 0);\n  await lab.perform([unshare(CLONE_NEWIPC)]);',
      ],
    ],
  },
];
