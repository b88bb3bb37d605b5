/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const UNSHARE = ' unshare(CLONE_NEWCGROUP),';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'no-namespace',
    fails: "the program's cgroup: expected",
    change: [UNSHARE, ''],
  },
  {
    name: 'a-namespace-too-late',
    fails: "the program's cgroup: expected",
    changes: [
      [UNSHARE, ''],
      ['...divide(name),', `...divide(name),${UNSHARE}`],
    ],
  },
  {
    name: 'a-flag-of-clone',
    fails: "the program's cgroup: expected",
    changes: [
      [UNSHARE, ''],
      ['CLONE_NEWPID | CLONE_NEWNS', 'CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWCGROUP'],
    ],
  },
  {
    name: 'not-divided',
    fails: "the program's cgroup: expected",
    change: ["    ...writeFile(`/tmp/cgroup/${name}/cgroup.procs`, '0'),\n", ''],
  },
  {
    name: 'mounted-before',
    fails: 'the top of the cgroups that it sees',
    changes: [
      [
        "    mount('cgroup', '/tmp/cgroup', 'cgroup2'),\n    mkdir(`/tmp/cgroup/${name}`),\n",
        "    mount('cgroup', '/tmp/cgroup', 'cgroup2'),\n    mkdir(`/tmp/cgroup/${owner}/${name}`),\n",
      ],
      ['/tmp/cgroup/${name}/cgroup.procs', '/tmp/cgroup/${owner}/${name}/cgroup.procs'],
      ['function divide(name: string)', 'function divide(name: string, owner: string)'],
      [`${UNSHARE} ...divide(name),`, ` ...divide(name, lab.owner),${UNSHARE}`],
    ],
  },
  {
    name: 'left-behind',
    fails: 'the cgroup afterwards: expected removed, observed still there',
    change: ['  lab.onEnd(() => group.remove());\n', ''],
  },
];
