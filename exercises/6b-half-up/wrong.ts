/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

export const wrong: readonly WrongSolution[] = [
  {
    name: 'lo-forgotten',
    fails: 'lo inside: expected up, observed down',
    change: ["interfaceUp(socket, 'lo'),", ''],
  },
  {
    name: 'no-network-of-its-own',
    fails: "the network inside: expected one of its own, observed the sandbox's",
    change: [' | CLONE_NEWNET', ''],
  },
  {
    name: 'one-end-down',
    fails: 'the link outside: expected up, observed down',
    change: ['interfaceUp(socket, name),', ''],
  },
  {
    name: 'the-whole-of-ten',
    fails: 'the address inside: expected',
    change: ["interfaceNetmask(socket, 'eth0', netmask),", ''],
  },
];
