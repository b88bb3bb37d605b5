/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'first-line-only',
    fails: 'This id has no line in the user namespace',
    changes: [
      ['mapText(given.uids)', 'mapText(given.uids.slice(0, 1))'],
      ['mapText(given.gids)', 'mapText(given.gids.slice(0, 1))'],
    ],
  },
  {
    name: 'gid-map-forgotten',
    fails: 'setgroups(0, NULL) = -1 EPERM',
    change: ['...writeFile(`/proc/${container.pid}/gid_map`, mapText(given.gids)),', ''],
  },
  {
    name: 'group-not-set',
    fails: 'who the program is, outside: expected',
    change: [' setGroup(given.group),', ''],
  },
  {
    name: 'identity',
    fails: 'the map of user ids: expected',
    changes: [
      ['mapText(given.uids)', 'mapText([{ inside: 0, outside: 0, count: 65536 }])'],
      ['mapText(given.gids)', 'mapText([{ inside: 0, outside: 0, count: 65536 }])'],
    ],
  },
  {
    name: 'inside-out',
    fails: 'the map of user ids: expected',
    changes: [
      [' setGroup(given.group), setUser(given.user),', ''],
      [
        'mapText(given.uids)',
        'mapText(given.uids.map(({ inside, outside, count }) => ({ inside: outside, outside: inside, count })))',
      ],
      [
        'mapText(given.gids)',
        'mapText(given.gids.map(({ inside, outside, count }) => ({ inside: outside, outside: inside, count })))',
      ],
    ],
  },
  {
    name: 'one-write-per-line',
    fails: 'The kernel refuses this setting to this user.',
    change: [
      '...writeFile(`/proc/${container.pid}/uid_map`, mapText(given.uids))',
      '...given.uids.flatMap((range) => writeFile(`/proc/${container.pid}/uid_map`, mapText([range])))',
    ],
  },
  {
    name: 'outside-id-as-inside',
    fails: 'This id has no line in the user namespace',
    change: ['setUser(given.user)', 'setUser(given.uids[0]?.outside ?? 0)'],
  },
  {
    name: 'root-inside',
    fails: 'who the program is, outside: expected',
    change: ['setGroup(given.group), setUser(given.user)', 'setGroup(0), setUser(0)'],
  },
  {
    name: 'same-map-for-groups',
    fails: 'the map of group ids: expected',
    changes: [
      [' setGroup(given.group),', ''],
      ['mapText(given.gids)', 'mapText(given.uids)'],
    ],
  },
];
