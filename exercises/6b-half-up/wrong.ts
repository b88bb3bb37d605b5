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
  {
    name: 'parent-leaves-afterwards',
    fails: "the network inside: expected one of its own, observed the sandbox's",
    changes: [
      ['{ sethostname }', '{ sethostname, unshare }'],
      [
        '    CLONE_NEWUTS | CLONE_NEWNET,\n  );',
        '    CLONE_NEWUTS,\n  );\n  await lab.perform([unshare(CLONE_NEWNET)]);',
      ],
    ],
  },
  {
    name: 'set-up-too-late',
    fails: 'the network, when the program began: expected it was there, observed it was not there yet',
    changes: [
      [
        "import { sethostname } from '#src/syscalls/namespaces.ts';",
        `import { sethostname, setns } from '#src/syscalls/namespaces.ts';
import { exit } from '#src/syscalls/processes.ts';`,
      ],
      ['import { close } from', 'import { close, openat } from'],
      ['import { CLONE_NEWNET, CLONE_NEWUTS }', 'import { CLONE_NEWNET, CLONE_NEWUTS, O_RDONLY }'],
      [' ...setUpInside(given),', ''],
      [
        'await release(lab, checkpoint);',
        `await release(lab, checkpoint);
  const network = openat(\`/proc/\${container.pid}/ns/net\`, O_RDONLY);
  await lab.wait(await lab.clone([network, setns(network, CLONE_NEWNET), ...setUpInside(given), exit(0)], 0));`,
      ],
    ],
  },
];
