/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const SWITCHED_ON = "    ...writeFile('/proc/sys/net/ipv4/ip_forward', '1'),\n";
const BACK = '    ...request(addDefaultRoute(addresses.router.two)),\n';
const FLAGS = [
  "import { CLONE_NEWNET } from '#src/syscalls/flags.ts';",
  "import { CLONE_NEWNET, O_RDONLY } from '#src/syscalls/flags.ts';\nimport { setns } from '#src/syscalls/namespaces.ts';",
] as const;
const FILES = ['import { writeFile }', 'import { openat, writeFile }'] as const;

export const wrong: readonly WrongSolution[] = [
  {
    name: 'whole-bytes',
    fails: "the program's address: expected",
    changes: [
      ['  const bits = [0, 8, 16, 24].map((before) => Math.max(0, Math.min(8, prefix - before)));\n', ''],
      ['bits.map((count) => 256 - 2 ** (8 - count))', '[8, 16, 24, 32].map((bits) => (prefix >= bits ? 255 : 0))'],
    ],
  },
  {
    name: 'no-way-back',
    fails: "ping from the server to the router's other address: expected an answer, observed no answer: ENETUNREACH",
    change: [BACK, ''],
  },
  {
    name: 'switched-on-outside',
    fails: 'ping from the program to the server: expected an answer, observed no answer',
    changes: [
      [SWITCHED_ON, ''],
      ['  const near =', "  await lab.perform(writeFile('/proc/sys/net/ipv4/ip_forward', '1'));\n  const near ="],
    ],
  },
  {
    name: 'in-one-direction',
    fails: 'ping from the program to the server: expected an answer, observed no answer',
    change: ['ipv4/ip_forward', 'ipv4/conf/eth0/forwarding'],
  },
  {
    name: 'a-cable-past-the-router',
    fails: "the program's link: expected one besides lo, observed",
    changes: [
      [SWITCHED_ON, ''],
      ["import { writeFile } from '#src/syscalls/files.ts';\n", ''],
      [
        '  for (const container',
        "  await lab.perform(request(addVeth({ name: 'eth9', pid: near.pid }, { name: 'eth9', pid: far.pid })));\n  for (const container",
      ],
    ],
  },
  {
    name: 'one-bridge-for-both',
    fails: 'what the server hears of the program, to all hosts: expected nothing, observed a packet to all hosts',
    changes: [
      [
        "  await lab.perform(request(addVeth({ name: 'eth0', pid: near.pid }, { name: 'eth0', pid: middle.pid })));\n",
        `  await lab.perform([...request(addBridge('one', '02:00:00:00:00:01', lab.owner)), ...setUp('one')]);
  const socket = interfaceSocket();
  const bridge = indexIn(await lab.perform([socket, interfaceIndex(socket, 'one'), close(socket)]));
  const plugIn = async (port: string, name: string, pid: number) => {
    await lab.perform([...request(addVeth({ name: port, bridge }, { name, pid })), ...setUp(port)]);
  };
`,
      ],
      [
        "  await lab.perform(request(addVeth({ name: 'eth0', pid: far.pid }, { name: 'eth1', pid: middle.pid })));\n",
        `  await plugIn('port1', 'eth0', near.pid);
  await plugIn('port2', 'eth0', middle.pid);
  await plugIn('port3', 'eth1', middle.pid);
  await plugIn('port4', 'eth0', far.pid);
`,
      ],
      ['import { addDefaultRoute,', 'import { addBridge, addDefaultRoute,'],
      ['import { writeFile }', 'import { close, writeFile }'],
      [
        "request } from '#src/syscalls/netlink.ts';",
        "request } from '#src/syscalls/netlink.ts';\nimport { indexIn, interfaceIndex, interfaceSocket } from '#src/syscalls/network.ts';",
      ],
    ],
  },
  {
    name: 'server-at-the-router',
    fails: "the server's network: expected one of its own, observed the router's",
    changes: [
      [
        `  const far = await startWaiting(lab, [
    ...setUpNetwork({ inside: addresses.server, netmask }),
    ...request(addDefaultRoute(addresses.router.two)),
    ...server,
  ]);
`,
        '',
      ],
      [
        "  await lab.perform(request(addVeth({ name: 'eth0', pid: far.pid }, { name: 'eth1', pid: middle.pid })));\n",
        "  await lab.perform(request(addVeth({ name: 'eth1', pid: middle.pid }, { name: 'eth2', pid: middle.pid })));\n",
      ],
      ['[middle, far, near]', '[middle, near]'],
      [
        '  return lab.wait(near',
        `  const network = openat(\`/proc/\${middle.pid}/ns/net\`, O_RDONLY);
  await lab.clone([network, setns(network, CLONE_NEWNET), ...setUp('eth2', addresses.server, netmask), ...server], 0);
  return lab.wait(near`,
      ],
      FLAGS,
      FILES,
    ],
  },
  {
    name: 'a-way-back-afterwards',
    fails: 'the way, when the last of the three began: expected an answer, observed no answer',
    changes: [
      [BACK, ''],
      [
        '  return lab.wait(near',
        `  const network = openat(\`/proc/\${far.pid}/ns/net\`, O_RDONLY);
  const late = request(addDefaultRoute(addresses.router.two));
  await lab.wait(await lab.clone([network, setns(network, CLONE_NEWNET), ...late, exit(0)], 0));
  return lab.wait(near`,
      ],
      FLAGS,
      FILES,
      [
        "request } from '#src/syscalls/netlink.ts';",
        "request } from '#src/syscalls/netlink.ts';\nimport { exit } from '#src/syscalls/processes.ts';",
      ],
    ],
  },
];
