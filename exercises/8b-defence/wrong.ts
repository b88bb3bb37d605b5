/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'chroot-without-the-prisoner',
    fails: "the root of the program's mount namespace: expected the image's, observed the sandbox's",
    changes: [
      ["pivotRoot('.', '.'),\n    umount('.', MNT.MNT_DETACH),", "chroot('.'),"],
      [' ...tryToEscape(),', ''],
    ],
  },
  {
    name: 'in-the-sandboxs-own-namespace',
    fails: "the sandbox's own root: expected where it was, observed moved to the image",
    change: [' | CLONE_NEWNS', ''],
  },
  {
    name: 'no-proc',
    fails: '/proc: expected a proc of its own, observed none',
    change: ["...mountProc('proc'),", ''],
  },
  {
    name: 'not-private',
    fails: 'the program runs: expected a running program, observed exit status 125',
    change: ['...makePrivate(),', ''],
  },
  {
    name: 'old-root-hidden',
    fails: "what is left of the sandbox's files: expected nothing, observed /mnt",
    changes: [
      ["pivotRoot('.', '.'),\n    umount('.', MNT.MNT_DETACH),", "pivotRoot('.', 'mnt'),"],
      ["chdir('/'),", "chdir('/'),\n    mount('tmpfs', '/mnt', 'tmpfs'),"],
    ],
  },
  {
    name: 'old-root-still-there',
    fails: "what is left of the sandbox's files: expected nothing, observed /mnt",
    change: ["pivotRoot('.', '.'),\n    umount('.', MNT.MNT_DETACH),", "pivotRoot('.', 'mnt'),"],
  },
  {
    name: 'private-too-late',
    fails: 'the mounts of the image outside: expected 1, observed 2',
    changes: [
      ['...makePrivate(),', ''],
      ['chdir(image),', '...makePrivate(),\n    chdir(image),'],
    ],
  },
  {
    name: 'proc-too-late',
    fails: 'the program runs: expected a running program, observed exit status 125',
    changes: [
      ["...mountProc('proc'),", ''],
      ["chdir('/'),", "chdir('/'),\n    ...mountProc(),"],
    ],
  },
  {
    name: 'moved-on-top',
    fails: "what lies under the root of the program's mount namespace: expected nothing of the sandbox's, observed the",
    changes: [
      ['MNT, MS_BIND, MS_REC', 'MS, MS_BIND, MS_REC'],
      ['mount, pivotRoot, umount', 'mount'],
      [
        "pivotRoot('.', '.'),\n    umount('.', MNT.MNT_DETACH),",
        "mount('.', '/', null, MS.MS_MOVE),\n    chroot('.'),",
      ],
    ],
  },
];
