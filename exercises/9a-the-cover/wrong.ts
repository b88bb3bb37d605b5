/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const WAY_OUT = "[namespace, umount('/', MNT.MNT_DETACH), setns(namespace, CLONE_NEWNS)]";

export const wrong: readonly WrongSolution[] = [
  {
    name: 'another-in-the-cage',
    fails: "the program's process: expected the one that was in the cage, observed another one",
    changes: [
      [
        'const container',
        'await lab.wait(await lab.clone(cage(lab.settings.root.path), CLONE_NEWPID | CLONE_NEWNS));\n  const container',
      ],
      ['[...cage(lab.settings.root.path), ...wayOut(), ...lab.program]', 'lab.program'],
    ],
  },
  {
    name: 'climbs',
    fails: "the program's root: expected the sandbox's, observed the image's",
    change: [WAY_OUT, "[namespace, chroot('tmp'), chdir('../../../../../../..'), chroot('.')]"],
  },
  {
    name: 'a-chroot-for-a-cage',
    fails: "the root of the mount namespace in the cage: expected the image's, observed the sandbox's",
    change: ["    mount('.', '/', null, MS.MS_MOVE),\n", ''],
  },
  {
    name: 'a-door-left-open',
    fails: 'directories that are open in the cage: expected none, observed /',
    changes: [
      ["  const namespace = openat('/proc/self/ns/mnt', O_RDONLY);\n", ''],
      [WAY_OUT, "[chroot('.')]"],
      ['const container', "const door = openat('/', O_RDONLY);\n  const container"],
      ['[...cage(lab.settings.root.path), ', '[door, ...cage(lab.settings.root.path), fchdir(door), '],
      ['chdir, chroot, openat', 'chdir, chroot, fchdir, openat'],
    ],
  },
  {
    name: 'lifted-and-stayed',
    fails: "the program's root: expected the sandbox's, observed the image's",
    change: [WAY_OUT, "[namespace, umount('/', MNT.MNT_DETACH)]"],
  },
  {
    name: 'no-cage',
    fails: "a child in the cage: expected a process whose root is the image's, observed none",
    change: ['...cage(lab.settings.root.path), ...wayOut(), ', ''],
  },
  {
    name: 'not-lifted',
    fails: "the program's root: expected the sandbox's, observed the image's",
    change: [WAY_OUT, '[namespace, setns(namespace, CLONE_NEWNS)]'],
  },
  {
    name: 'opened-too-late',
    fails: 'the program runs: expected a running program, observed exit status 125',
    change: [WAY_OUT, "[umount('/', MNT.MNT_DETACH), namespace, setns(namespace, CLONE_NEWNS)]"],
  },
  {
    name: 'a-namespace-left-open',
    fails: 'mount namespaces that are open in the cage: expected none, observed mnt:[',
    changes: [
      ["  const namespace = openat('/proc/self/ns/mnt', O_RDONLY);\n", ''],
      ['wayOut(): Call[]', 'wayOut(namespace: number): Call[]'],
      [WAY_OUT, '[setns(namespace, CLONE_NEWNS)]'],
      [
        'const container',
        "const [door = -1] = (await lab.perform([openat('/proc/self/ns/mnt', O_RDONLY)])).results;\n  const container",
      ],
      ['...wayOut()', '...wayOut(door)'],
    ],
  },
  {
    name: 'the-parents-namespace',
    fails: 'doors that came into the cage: expected none, observed it has asked another process for one',
    changes: [
      ["  const namespace = openat('/proc/self/ns/mnt', O_RDONLY);\n", '  const parent = openProcess(process.pid);\n'],
      [WAY_OUT, '[parent, setns(parent, CLONE_NEWNS)]'],
      ['    CLONE_NEWPID | CLONE_NEWNS', '    CLONE_NEWNS'],
      ['import { chdir', "import { openProcess } from '#src/syscalls/descriptors.ts';\nimport { chdir"],
    ],
  },
  {
    name: 'a-door-handed-in',
    fails: 'doors that came into the cage: expected none, observed it has asked another process for one',
    changes: [
      [
        "  const namespace = openat('/proc/self/ns/mnt', O_RDONLY);\n",
        '  const parent = openProcess(process.pid);\n  const door = takeDescriptor(parent, 200);\n',
      ],
      [WAY_OUT, "[parent, door, fchdir(door), chroot('.')]"],
      ['    CLONE_NEWPID | CLONE_NEWNS', '    CLONE_NEWNS'],
      [
        '  const container = await lab.clone(\n    [...cage',
        "  const root = openat('/', O_RDONLY);\n  await lab.perform([root, dup3(root, 200), close(root)]);\n  const container = await lab.clone(\n    [close(200), ...cage",
      ],
      [
        'import { chdir, chroot, openat, read }',
        "import { openProcess, takeDescriptor } from '#src/syscalls/descriptors.ts';\nimport { chdir, chroot, close, dup3, fchdir, openat, read }",
      ],
    ],
  },
];
