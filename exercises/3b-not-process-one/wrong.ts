/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'both',
    fails: "the PID namespace of the program's child: expected the program's, observed another one",
    changes: [
      ['unshare(CLONE_NEWUTS)', 'unshare(CLONE_NEWPID)'],
      ['    CLONE_NEWPID,\n', '    CLONE_NEWUTS | CLONE_NEWPID,\n'],
    ],
  },
  {
    name: 'host-name-forgotten',
    fails: 'the host name inside: expected',
    change: [' sethostname(lab.settings.hostname),', ''],
  },
  {
    name: 'unshared-by-the-parent',
    fails: "the parent's namespace for its children: expected the parent's own, observed another one",
    changes: [
      ['const container', 'await lab.perform([unshare(CLONE_NEWPID)]);\n  const container'],
      ['    CLONE_NEWPID,\n', '    0,\n'],
    ],
  },
  {
    name: 'names-the-sandbox',
    fails: "the sandbox's host name: expected sandbox, observed",
    change: ['unshare(CLONE_NEWUTS), ', ''],
  },
];
