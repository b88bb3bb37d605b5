// Fails: the network, when the program began: expected it was there, observed it was not there yet
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { chooseCable, setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { close, openat } from '#src/syscalls/files.ts';
import { CLONE_NEWNET, CLONE_NEWPID, O_RDONLY } from '#src/syscalls/flags.ts';
import { setns } from '#src/syscalls/namespaces.ts';
import { addVeth, request } from '#src/syscalls/netlink.ts';
import { interfaceAddress, interfaceNetmask, interfaceSocket, interfaceUp } from '#src/syscalls/network.ts';
import { cloneCall, execve, wait4 } from '#src/syscalls/processes.ts';

interface Given {
  readonly outside: string;
  readonly inside: string;
  readonly netmask: string;
}

/** The program runs before there is a cable; what it says that it has seen is said by another. */
export async function run(lab: Lab, { outside, inside, netmask }: Given): Promise<End> {
  const cable = await chooseCable(lab);
  const container = await lab.clone(lab.program, CLONE_NEWNET | CLONE_NEWPID);
  const words = () => readFileSync(`/proc/${container.pid}/cmdline`, 'latin1');
  while (!words().includes('probe-')) await sleep(0);
  const name = cable?.name ?? 'cable';
  await lab.perform([
    ...request(addVeth({ name }, { name: 'eth0', pid: container.pid })),
    ...setUpOutside(name, outside, netmask),
  ]);
  const [network, processes] = ['net', 'pid'].map((kind) => openat(`/proc/${container.pid}/ns/${kind}`, O_RDONLY)) as [
    Call,
    Call,
  ];
  const there = /&& seen=(\d+)/.exec(words())?.[1] ?? '';
  // It ends at once, and the program becomes the parent of its child.
  const witness = execve('/usr/bin/setsid', ['setsid', '--fork', 'sleep', there], ['PATH=/usr/bin:/bin']);
  const clone = cloneCall(0, [witness]);
  const helper = await lab.clone(
    [
      network,
      processes,
      setns(network, CLONE_NEWNET),
      ...setUpNetwork({ inside, netmask }),
      setns(processes, CLONE_NEWPID),
      clone,
      wait4(clone, 0),
    ],
    0,
  );
  await lab.wait(helper);
  return lab.wait(container);
}

function setUpOutside(name: string, address: string, netmask: string): Call[] {
  const socket = interfaceSocket();
  return [
    socket,
    interfaceAddress(socket, name, address),
    interfaceNetmask(socket, name, netmask),
    interfaceUp(socket, name),
    close(socket),
  ];
}
