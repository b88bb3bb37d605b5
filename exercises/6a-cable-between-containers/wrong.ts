/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'addresses-swapped',
    fails: "the program's address: expected",
    changes: [
      ['addresses.program', 'addresses.neighbour'],
      ['addresses.neighbour', 'addresses.program'],
    ],
  },
  {
    name: 'an-end-left-outside',
    fails: "the program's link: expected one besides lo, observed none",
    changes: [
      [
        '...setUpNetwork({ inside, netmask })',
        '...setUpNetwork(program === lab.program ? undefined : { inside, netmask })',
      ],
      ["{ name: 'eth0', pid: first.pid }", "{ name: 'lab0' }"],
    ],
  },
  {
    name: 'parent-leaves-afterwards',
    fails: "the neighbour's network: expected one of its own, observed the sandbox's",
    changes: [
      [
        "import { addVeth, request } from '#src/syscalls/netlink.ts';",
        `import { unshare } from '#src/syscalls/namespaces.ts';
import { addVeth, request } from '#src/syscalls/netlink.ts';`,
      ],
      ['    CLONE_NEWNET,\n', '    program === lab.program ? CLONE_NEWNET : 0,\n'],
      ['await second.release();', 'await lab.perform([unshare(CLONE_NEWNET)]);\n  await second.release();'],
    ],
  },
];
