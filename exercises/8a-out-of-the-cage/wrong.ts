/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'a-smaller-cage',
    fails: 'the program runs: expected a running program, observed exit status 127',
    change: ["[chroot('tmp'), ", "[chroot('tmp'), chdir('/'), "],
  },
  {
    name: 'another-in-the-cage',
    fails: "the program's process: expected the one that was in the cage, observed another one",
    changes: [
      ['const container', 'await lab.wait(await lab.clone(cage(lab), CLONE_NEWPID | CLONE_NEWNS));\n  const container'],
      ['[...cage(lab), ...wayOut(), ...lab.program]', 'lab.program'],
    ],
  },
  {
    name: 'half-way-up',
    fails: 'the program runs: expected a running program, observed exit status 127',
    change: ["'../../../../../../..'", "'../..'"],
  },
  {
    name: 'no-cage',
    fails: "a child in the cage: expected a process whose root is the image's, observed none",
    change: ['...cage(lab), ...wayOut(), ', ''],
  },
  {
    name: 'root-left-below',
    fails: "the program's root: expected the sandbox's, observed some other directory",
    change: [
      "[chroot('tmp'), chdir('../../../../../../..'), chroot('.')]",
      "[chroot('usr'), chdir('../../../../../../..')]",
    ],
  },
  {
    name: 'up-inside',
    fails: "the program's root: expected the sandbox's, observed the image's",
    change: ["[chroot('tmp'), ", '['],
  },
  {
    name: 'a-door-left-open',
    fails: 'directories that are open in the cage: expected none, observed /',
    changes: [
      ['const container', "const door = openat('/', O_RDONLY);\n  const container"],
      ['[...cage(lab), ...wayOut(), ', "[door, ...cage(lab), fchdir(door), chroot('.'), "],
      ['CLONE_NEWNS, CLONE_NEWPID }', 'CLONE_NEWNS, CLONE_NEWPID, O_RDONLY }'],
    ],
  },
  {
    name: 'a-door-handed-in',
    fails: 'doors that came into the cage: expected none, observed it has asked another process for one',
    changes: [
      [
        'const container',
        `const parent = openProcess(process.pid);
  const DOOR = 200;
  const root = openat('/', O_RDONLY);
  await lab.perform([root, dup3(root, DOOR), close(root)]);
  const door = takeDescriptor(parent, DOOR);
  const container`,
      ],
      ['[...cage(lab), ...wayOut(), ', "[close(DOOR), ...cage(lab), parent, door, fchdir(door), chroot('.'), "],
      ['CLONE_NEWPID | CLONE_NEWNS', 'CLONE_NEWNS'],
      [
        'import { chdir, chroot, fchdir, openat, read }',
        "import { openProcess, takeDescriptor } from '#src/syscalls/descriptors.ts';\nimport { chdir, chroot, close, dup3, fchdir, openat, read }",
      ],
      ['CLONE_NEWNS, CLONE_NEWPID }', 'CLONE_NEWNS, O_RDONLY }'],
    ],
  },
  {
    name: 'a-namespace-left-open',
    fails: 'mount namespaces that are open in the cage: expected none, observed mnt:[',
    changes: [
      ['const container', "const door = openat('/proc/self/ns/mnt', O_RDONLY);\n  const container"],
      ['[...cage(lab), ...wayOut(), ', '[door, ...cage(lab), setns(door, CLONE_NEWNS), '],
      ['CLONE_NEWNS, CLONE_NEWPID }', 'CLONE_NEWNS, CLONE_NEWPID, O_RDONLY }'],
      ['import { chdir', "import { setns } from '#src/syscalls/namespaces.ts';\nimport { chdir"],
    ],
  },
  {
    name: 'a-process-left-open',
    fails: 'doors that came into the cage: expected none, observed it has asked another process for one',
    changes: [
      [
        'const container',
        'const [door = -1] = (await lab.perform([openProcess(process.pid)])).results;\n  const container',
      ],
      ['...wayOut(), ', 'setns(door, CLONE_NEWNS), '],
      [
        'import { chdir',
        "import { openProcess } from '#src/syscalls/descriptors.ts';\nimport { setns } from '#src/syscalls/namespaces.ts';\nimport { chdir",
      ],
    ],
  },
  {
    name: 'the-outside-brought-in',
    fails: "the program's root: expected the sandbox's, observed the sandbox's, but mounted once more in another place",
    changes: [
      [
        '[...cage(lab), ...wayOut(), ',
        "[mount('/', `${lab.settings.root.path}/mnt`, null, MS_BIND | MS_REC), ...cage(lab), chroot('mnt'), chdir('/'), ",
      ],
      ['CLONE_NEWNS, CLONE_NEWPID }', 'CLONE_NEWNS, CLONE_NEWPID, MS_BIND, MS_REC }'],
      ['import { chdir', "import { mount } from '#src/syscalls/mounts.ts';\nimport { chdir"],
    ],
  },
];
