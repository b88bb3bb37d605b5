/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const ENTRIES =
  'Object.entries(CALLS).flatMap(([name, index]) => [\n    refuseBit(name, index, S_ISUID),\n    refuseBit(name, index, S_ISGID),\n  ])';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'after-the-default',
    fails: 'S_ISUID or S_ISGID, given to a path: expected EPERM, observed it was done',
    changes: [
      ['import { defaultProfileBehind }', 'import { DEFAULT_PROFILE }'],
      ['defaultProfileBehind(refused)', '{ ...DEFAULT_PROFILE, syscalls: [...DEFAULT_PROFILE.syscalls, ...refused] }'],
    ],
  },
  {
    name: 'both-bits-at-once',
    fails: 'S_ISUID or S_ISGID, given to a path: expected EPERM, observed it was done',
    changes: [
      ['const S_ISGID = 0o2000n;', 'const S_ISGID = 0o6000n;'],
      ['const S_ISUID = 0o4000n;', 'const S_ISUID = 0o6000n;'],
    ],
  },
  {
    name: 'equal',
    fails: 'S_ISUID or S_ISGID, given to a path: expected EPERM, observed it was done',
    change: ['SCMP_CMP_MASKED_EQ', 'SCMP_CMP_EQ'],
  },
  {
    name: 'everybody',
    fails: 'the filters of the submission’s own process: expected none of its own, observed some',
    changes: [
      ['  const child =', '  await lab.perform([installFilter(filter)]);\n  const child ='],
      ['[installFilter(filter), ...lab.program]', '[...lab.program]'],
    ],
  },
  {
    name: 'killed',
    fails: 'S_ISUID or S_ISGID, given to a path: expected EPERM, observed its process was killed',
    change: ["names: [name],\n    action: 'SCMP_ACT_ERRNO'", "names: [name],\n    action: 'SCMP_ACT_KILL_PROCESS'"],
  },
  {
    name: 'no-group',
    fails: 'S_ISUID or S_ISGID, given to a path: expected EPERM, observed it was done',
    change: ['    refuseBit(name, index, S_ISGID),\n', ''],
  },
  {
    name: 'no-mode-at-all',
    fails: 'modes without the bits: expected it was done, observed EPERM',
    change: [
      ENTRIES,
      "Object.keys(CALLS).filter((name) => name.includes('chmod')).map((name): Rule => ({ names: [name], action: 'SCMP_ACT_ERRNO' }))",
    ],
  },
  {
    name: 'not-by-descriptor',
    fails: 'S_ISUID or S_ISGID, given to an open file: expected EPERM, observed it was done',
    change: ['chmod: 1, fchmod: 1, ', 'chmod: 1, '],
  },
  {
    name: 'not-with-a-new-file',
    fails: 'S_ISUID or S_ISGID, given with a new file: expected EPERM, observed it was done',
    change: ['openat: 3, ', ''],
  },
  {
    name: 'only-the-tools-call',
    fails: 'S_ISUID or S_ISGID, given to ',
    change: ['chmod: 1, fchmod: 1, fchmodat: 2, fchmodat2: 2, ', 'fchmodat: 2, fchmodat2: 2, '],
  },
  {
    name: 'pretended',
    fails: 'S_ISUID or S_ISGID, given to a path: expected EPERM, observed another error, or nothing was done',
    change: [
      "names: [name],\n    action: 'SCMP_ACT_ERRNO'",
      "names: [name],\n    action: 'SCMP_ACT_ERRNO',\n    errnoRet: 0",
    ],
  },
  {
    name: 'sockets',
    fails: 'a socket: expected EPERM, observed it was done',
    change: ["  { names: ['socket'], action: 'SCMP_ACT_ERRNO' },\n", ''],
  },
  {
    name: 'the-wrong-argument',
    fails: 'S_ISUID or S_ISGID, given with a new file: expected EPERM, observed it was done',
    change: ['openat: 3', 'openat: 2'],
  },
  {
    name: 'unfiltered',
    fails: 'S_ISUID or S_ISGID, given to a path: expected EPERM, observed it was done',
    change: ['[installFilter(filter), ...lab.program]', '[...lab.program]'],
  },
];
