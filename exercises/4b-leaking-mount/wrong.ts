/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'cleaned-up-afterwards',
    fails: "the mounts at the sandbox's /proc: expected 1, observed 2",
    changes: [
      [
        "import { sethostname } from '#src/syscalls/namespaces.ts';",
        `import { umount } from '#src/syscalls/mounts.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';`,
      ],
      ['...makePrivate(), ...mountProc()', '...mountProc(), ...makePrivate()'],
      [
        'return lab.wait(container);',
        "const end = await lab.wait(container);\n  await lab.perform([umount('/proc')]);\n  return end;",
      ],
    ],
  },
  {
    name: 'no-mount-namespace',
    fails: "the mounts at the sandbox's /proc: expected 1, observed 2",
    change: [' | CLONE_NEWNS', ''],
  },
  {
    name: 'no-pid-namespace',
    fails: "the program's number inside: expected 1",
    change: [' | CLONE_NEWPID', ''],
  },
  {
    name: 'no-proc',
    fails: "the program's number in its /proc: expected only 1",
    change: [' ...mountProc(),', ''],
  },
  {
    name: 'not-private',
    fails: "the mounts at the sandbox's /proc: expected 1, observed 2",
    change: [' ...makePrivate(),', ''],
  },
  {
    name: 'private-in-the-parent',
    fails: "the sandbox's mounts are: expected shared",
    changes: [
      ['const container', 'await lab.perform(makePrivate());\n  const container'],
      [' ...makePrivate(),', ''],
    ],
  },
];
