/** Wrong solutions that are the solution but for a line or two: see CONTRIBUTING, "Add an exercise". */
import type { Change, WrongSolution } from '#src/catalogue/wrong-solutions.ts';

const SWITCHED_OFF = "      ...writeFile('/proc/sys/net/ipv4/ip_forward', '0'),\n";
const NO_WRITE = ['close, writeFile', 'close'] as const;

/** Makes calls in a container's network when all programs run. */
function afterwards(container: string, calls: string): Change[] {
  return [
    [
      '  return lab.wait(',
      `  for (const { pid } of Object.values(containers)) {
    while (!readFileSync(\`/proc/\${pid}/cmdline\`, 'latin1').includes('probe-')) await sleep(0);
  }
  const network = openat(\`/proc/\${containers.${container}.pid}/ns/net\`, O_RDONLY);
  await lab.wait(await lab.clone([network, setns(network, CLONE_NEWNET), ...${calls}, exit(0)], 0));
  return lab.wait(`,
    ],
    [
      "import type { End } from '#src/executor/reaper.ts';",
      "import { readFileSync } from 'node:fs';\nimport { setTimeout as sleep } from 'node:timers/promises';\nimport type { End } from '#src/executor/reaper.ts';",
    ],
    ['close, writeFile', 'close, openat, writeFile'],
    [
      "import { CLONE_NEWNET } from '#src/syscalls/flags.ts';",
      "import { CLONE_NEWNET, O_RDONLY } from '#src/syscalls/flags.ts';\nimport { setns } from '#src/syscalls/namespaces.ts';",
    ],
    [
      "interfaceSocket } from '#src/syscalls/network.ts';",
      "interfaceSocket } from '#src/syscalls/network.ts';\nimport { exit } from '#src/syscalls/processes.ts';",
    ],
  ];
}

export const wrong: readonly WrongSolution[] = [
  {
    name: 'one-bridge-for-both',
    fails: 'what comes from the program to the stranger: expected nothing, observed a packet to all hosts',
    changes: [
      ["  const two = await makeBridge(lab, 'two', '02:00:00:00:00:02');\n", ''],
      ["{ name: 'port4', bridge: two }", "{ name: 'port4', bridge: one }"],
      ["{ name: 'port5', bridge: two }", "{ name: 'port5', bridge: one }"],
    ],
  },
  {
    name: 'passes-on',
    fails: 'what comes from the program to the stranger: expected nothing, observed a packet to its address',
    changes: [NO_WRITE, [SWITCHED_OFF, '']],
  },
  {
    name: 'switched-off-outside',
    fails: 'what comes from the program to the stranger: expected nothing, observed a packet to its address',
    changes: [
      [SWITCHED_OFF, ''],
      ['  const one =', "  await lab.perform(writeFile('/proc/sys/net/ipv4/ip_forward', '0'));\n  const one ="],
    ],
  },
  {
    name: 'passes-on-in-one-direction',
    fails: 'what comes from the stranger to the program: expected nothing, observed a packet to its address',
    change: [SWITCHED_OFF, `${SWITCHED_OFF}      ...writeFile('/proc/sys/net/ipv4/conf/eth1/forwarding', '1'),\n`],
  },
  {
    name: 'no-way-back',
    fails: "the stranger's routes: expected",
    changes: [
      NO_WRITE,
      [SWITCHED_OFF, ''],
      [
        '[...member(addresses.stranger, addresses.router.two), ...stranger]',
        '[...setUpNetwork({ inside: addresses.stranger, netmask }), ...stranger]',
      ],
    ],
  },
  {
    name: 'no-default-route',
    fails: "the program's routes: expected",
    change: [
      '[...member(addresses.program, addresses.router.one), ...lab.program]',
      '[...setUpNetwork({ inside: addresses.program, netmask }), ...lab.program]',
    ],
  },
  {
    name: 'router-in-one-network',
    fails: "the router's addresses: expected",
    change: ["setUp('eth1', addresses.router.two, netmask)", "setUp('eth1')"],
  },
  {
    name: 'bridge-with-an-address',
    fails: "the sandbox's addresses: expected none",
    change: [
      "'two', '02:00:00:00:00:02');",
      "'two', '02:00:00:00:00:02');\n  await lab.perform(setUp('two', '10.255.255.1', netmask));",
    ],
  },
  {
    name: 'bridge-down',
    fails: 'ping from the program to the friend: expected an answer, observed no answer',
    change: [
      '...request(addBridge(name, mac, lab.owner)), ...setUp(name)',
      '...request(addBridge(name, mac, lab.owner))',
    ],
  },
  {
    name: 'friend-in-the-programs-network',
    fails: "the friend's network: expected one of its own, observed the program's",
    changes: [
      ['    friend: await startWaiting(lab, [...member(addresses.friend, addresses.router.one), ...friend]),\n', ''],
      ["  await plugIn(lab, { name: 'port2', bridge: one }, { name: 'eth0', pid: containers.friend.pid });\n", ''],
      [
        '  return lab.wait(',
        '  await lab.clone([...enter(containers.program.pid), ...friend], 0);\n  return lab.wait(',
      ],
      [
        '/** A bridge without',
        `function enter(pid: number): Call[] {
  const network = openat(\`/proc/\${pid}/ns/net\`, O_RDONLY);
  return [network, setns(network, CLONE_NEWNET)];
}

/** A bridge without`,
      ],
      ['close, writeFile', 'close, openat, writeFile'],
      [
        "import { CLONE_NEWNET } from '#src/syscalls/flags.ts';",
        "import { CLONE_NEWNET, O_RDONLY } from '#src/syscalls/flags.ts';\nimport { setns } from '#src/syscalls/namespaces.ts';",
      ],
    ],
  },
  {
    name: 'switched-off-afterwards',
    fails: 'both networks, when the last of the four began: expected as they are now, observed a packet to its address',
    changes: [[SWITCHED_OFF, ''], ...afterwards('router', "writeFile('/proc/sys/net/ipv4/ip_forward', '0')")],
  },
  {
    name: 'plugged-in-afterwards',
    fails: 'both networks, when the last of the four began: expected as they are now, observed the stranger had not',
    changes: [
      [
        '[...member(addresses.stranger, addresses.router.two), ...stranger]',
        '[...setUpNetwork(undefined), ...stranger]',
      ],
      ...afterwards('stranger', 'member(addresses.stranger, addresses.router.two)'),
    ],
  },
  {
    name: 'parent-leaves-afterwards',
    fails: "the program's network: expected one of its own, observed the sandbox's",
    changes: [
      [
        '  const one =',
        '  const outside = await startWaiting(lab, lab.program, 0);\n  await lab.perform([unshare(CLONE_NEWNET)]);\n  const one =',
      ],
      [
        '    program: await startWaiting(lab, [...member(addresses.program, addresses.router.one), ...lab.program]),\n',
        '',
      ],
      ["  await plugIn(lab, { name: 'port1', bridge: one }, { name: 'eth0', pid: containers.program.pid });\n", ''],
      [
        '  return lab.wait(containers.program.container);',
        '  await outside.release();\n  return lab.wait(outside.container);',
      ],
      ['list: readonly Call[])', 'list: readonly Call[], flags: number = CLONE_NEWNET)'],
      ['...list], CLONE_NEWNET)', '...list], flags)'],
      [
        "import { CLONE_NEWNET } from '#src/syscalls/flags.ts';",
        "import { CLONE_NEWNET } from '#src/syscalls/flags.ts';\nimport { unshare } from '#src/syscalls/namespaces.ts';",
      ],
    ],
  },
];
