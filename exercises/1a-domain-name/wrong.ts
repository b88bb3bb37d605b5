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
  // Where the parent looks afterwards, both names are what they were.
  {
    name: 'parent-leaves-afterwards',
    fails: "the sandbox's host name: expected sandbox, observed",
    changes: [
      ['setdomainname, sethostname }', 'setdomainname, sethostname, unshare }'],
      [
        '    CLONE_NEWUTS,\n  );',
        `    0,
  );
  await lab.perform([unshare(CLONE_NEWUTS), sethostname('sandbox'), setdomainname('(none)')]);`,
      ],
    ],
  },
  // Nobody waits: the end is seen in /proc, and the status read in what the program was given.
  {
    name: 'status-from-the-script',
    fails: 'the exit status: expected exit status',
    changes: [
      [
        "import type { End } from '#src/executor/reaper.ts';",
        `import { readFileSync } from 'node:fs';
import type { End } from '#src/executor/reaper.ts';`,
      ],
      [
        'return lab.wait(container);',
        `const lives = () => !/^State:\\s*Z/m.test(readFileSync(\`/proc/\${container.pid}/status\`, 'utf8'));
  while (lives()) await new Promise((resolve) => setTimeout(resolve, 5));
  const [, status] = /exit (\\d+)/.exec(JSON.stringify(lab.program.at(-1)?.args)) ?? [];
  return { status: Number(status ?? 0) };`,
      ],
    ],
  },
];
