/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  // The child's names begin as a copy of the parent's: all looks right inside.
  {
    name: 'domain-set-by-the-parent',
    fails: "the sandbox's domain name: expected",
    changes: [
      ['const container', 'await lab.perform([setdomainname(given.domain)]);\n  const container'],
      [' setdomainname(given.domain),', ''],
    ],
  },
  {
    name: 'names-swapped',
    fails: 'the host name inside: expected',
    change: [
      'sethostname(lab.settings.hostname), setdomainname(given.domain)',
      'sethostname(given.domain), setdomainname(lab.settings.hostname)',
    ],
  },
  {
    name: 'set-by-the-parent',
    fails: "the sandbox's host name: expected",
    change: ['    CLONE_NEWUTS,\n  );', '    0,\n  );'],
  },
  {
    name: 'status-thrown-away',
    fails: 'the exit status: expected',
    change: ['return lab.wait(container);', 'await lab.wait(container);\n  return { status: 0 };'],
  },
];
