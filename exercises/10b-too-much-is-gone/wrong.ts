/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const OPAQUE = ", setAttribute(path, 'user.overlay.opaque', 'y')";

export const wrong: readonly WrongSolution[] = [
  {
    name: 'not-opaque',
    fails: '/mnt/app/data/old: expected not there, observed there',
    changes: [
      [OPAQUE, ''],
      ["import { setAttribute } from '#src/syscalls/attributes.ts';\n", ''],
    ],
  },
  {
    name: 'nothing-old',
    fails: 'the old data of the first version: expected in its layer, observed not made at all',
    changes: [
      [OPAQUE, ''],
      ["import { setAttribute } from '#src/syscalls/attributes.ts';\n", ''],
      [", 'app/data/old', 'app/data/older'", ''],
    ],
  },
  {
    name: 'another-value',
    fails: '/mnt/app/data/old: expected not there, observed there',
    change: ["'user.overlay.opaque', 'y'", "'user.overlay.opaque', '1'"],
  },
  {
    name: 'the-privileged-name',
    fails: 'the program runs: expected a running program, observed exit status 125',
    change: ['user.overlay.opaque', 'trusted.overlay.opaque'],
  },
  {
    name: 'nobody-looks-at-it',
    fails: '/mnt/app/data/old: expected not there, observed there',
    change: [',workdir=work,userxattr', ',workdir=work'],
  },
  {
    name: 'the-other-way-round',
    fails: '/mnt/app/data/old: expected not there, observed there',
    change: ['lowerdir=second:first:', 'lowerdir=first:second:'],
  },
  {
    name: 'one-whiteout',
    fails: '/mnt/app/data/older: expected not there, observed there',
    changes: [
      [OPAQUE, ', makeDevice(`${path}/old`, 0, 0, 0)'],
      ["import { setAttribute } from '#src/syscalls/attributes.ts';\n", ''],
      ['close, mkdir, openat', 'close, makeDevice, mkdir, openat'],
    ],
  },
  {
    name: 'without-the-upgrade',
    fails: '/mnt/app/data/new: expected there, observed not there',
    change: ['lowerdir=second:first:', 'lowerdir=first:'],
  },
  {
    name: 'mounted-over',
    fails: 'what is mounted in /mnt: expected nothing, observed /mnt/app/data',
    changes: [
      [OPAQUE, ''],
      ["import { setAttribute } from '#src/syscalls/attributes.ts';\n", ''],
      [
        "    chdir('merged'),\n",
        "    chdir('merged'),\n    mount('/tmp/second/mnt/app/data', 'mnt/app/data', null, MS_BIND),\n",
      ],
      ['MNT, O_CREAT', 'MNT, MS_BIND, O_CREAT'],
    ],
  },
];
