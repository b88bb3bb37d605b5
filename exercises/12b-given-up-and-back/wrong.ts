/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const LIST = '[...others.map(dropBounding), setCapabilities({ effective: kept, permitted: kept, inheritable: [] })]';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'capset-first',
    fails: 'the program runs: expected a running program, observed exit status 125',
    change: [
      LIST,
      '[setCapabilities({ effective: kept, permitted: kept, inheritable: [] }), ...others.map(dropBounding)]',
    ],
  },
  {
    name: 'handed-on',
    fails: 'the inheritable capabilities: expected none',
    change: ['inheritable: []', 'inheritable: kept'],
  },
  {
    name: 'handed-on-to-everybody',
    fails: 'the inheritable capabilities: expected none',
    changes: [
      [LIST, `${LIST.slice(0, -1).replace('inheritable: []', 'inheritable: kept')}, ...kept.map(raiseAmbient)]`],
      ['dropBounding, setCapabilities', 'dropBounding, raiseAmbient, setCapabilities'],
    ],
  },
  {
    name: 'no-new-privileges-alone',
    fails: 'the bounding set: expected',
    changes: [
      [LIST, '[setCapabilities({ effective: kept, permitted: kept, inheritable: [] }), noNewPrivileges()]'],
      ['  const others = allCapabilities().filter((name) => !kept.includes(name));\n', ''],
      ["import { allCapabilities } from '#src/steps/12-rights.ts';\n", ''],
      ['dropBounding, setCapabilities', 'noNewPrivileges, setCapabilities'],
    ],
  },
  {
    name: 'the-other-way-round',
    fails: 'observed none',
    changes: [
      ['!kept.includes(name)', 'kept.includes(name)'],
      ['effective: kept, permitted: kept', 'effective: [], permitted: []'],
      [', ...lab.program', ', noNewPrivileges(), ...lab.program'],
      ['dropBounding, setCapabilities', 'dropBounding, noNewPrivileges, setCapabilities'],
    ],
  },
  {
    name: 'all-gone',
    fails: 'the permitted capabilities: expected CAP_',
    change: ['.filter((name) => !kept.includes(name))', '.filter(() => kept.length > 0)'],
  },
];
