/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const FLAGS = ['MS_BIND, MS_REC }', 'MS_BIND, MS_RDONLY, MS_REC, MS_REMOUNT }'] as const;
const UNUSED = ['makeReadOnly, mount', 'mount'] as const;

export const wrong: readonly WrongSolution[] = [
  {
    name: 'all-of-it',
    fails: '/tmp: expected a tmpfs, writable, observed a tmpfs, read-only',
    change: ['makeReadOnly(place)', "makeReadOnly('.')"],
  },
  {
    name: 'a-second-door',
    fails: 'where else /tmp/data is writable for the program: expected nowhere, observed /tmp/again',
    change: [
      "    ...mountVolume('mnt'),\n",
      "    ...mountVolume('mnt'),\n    mkdir('tmp/again'),\n    mount(FOLDER, 'tmp/again', null, MS_BIND),\n",
    ],
  },
  {
    name: 'the-disk-out-of-sight',
    fails: 'the way to /mnt/disk: expected it leads there, observed another mount is in the way',
    change: ['makeReadOnly(place)]', 'makeReadOnly(place), mount(FOLDER, place, null, MS_BIND), makeReadOnly(place)]'],
  },
  {
    name: 'an-empty-disk',
    fails: 'what is mounted at /mnt/disk: expected the file system of /tmp/data/disk, observed another one',
    change: ['makeReadOnly(place)]', "mount('disk', `${place}/disk`, 'tmpfs'), makeReadOnly(place)]"],
  },
  {
    name: 'read-only-at-once',
    fails: '/mnt: expected read-only, observed writable',
    changes: [
      UNUSED,
      ['MS_BIND, MS_REC }', 'MS_BIND, MS_RDONLY, MS_REC }'],
      ['MS_BIND | MS_REC), makeReadOnly(place)]', 'MS_BIND | MS_REC | MS_RDONLY)]'],
    ],
  },
  {
    name: 'recursive-remount',
    fails: '/mnt/disk: expected read-only, observed writable',
    changes: [
      UNUSED,
      FLAGS,
      ['makeReadOnly(place)', 'mount(null, place, null, MS_REMOUNT | MS_BIND | MS_REC | MS_RDONLY)'],
    ],
  },
  {
    name: 'the-disk-itself',
    fails: 'the folder outside: expected writable, observed read-only',
    changes: [
      UNUSED,
      FLAGS,
      [
        'makeReadOnly(place)',
        'mount(null, place, null, MS_REMOUNT | MS_BIND | MS_RDONLY), mount(null, `${place}/disk`, null, MS_REMOUNT | MS_RDONLY)',
      ],
    ],
  },
  {
    name: 'the-hosts-mounts',
    fails: 'the folder outside: expected writable, observed read-only',
    changes: [
      [', makeReadOnly(place)]', ']'],
      ['await lab.perform(hostsFolder())', 'await lab.perform([...hostsFolder(), makeReadOnly(FOLDER)])'],
    ],
  },
  {
    name: 'without-the-disk',
    fails: 'what is mounted at /mnt/disk: expected the file system of /tmp/data/disk, observed nothing',
    change: ['mount(FOLDER, place, null, MS_BIND | MS_REC)', 'mount(FOLDER, place, null, MS_BIND)'],
  },
];
