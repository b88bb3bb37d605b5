// Fails: the cable, when the second of both began: expected it was there, observed not yet
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { setUpNetwork } from '#src/steps/06-net.ts';
import type { Call } from '#src/syscalls/call.ts';
import { openat } from '#src/syscalls/files.ts';
import { CLONE_NEWNET, O_RDONLY } from '#src/syscalls/flags.ts';
import { setns } from '#src/syscalls/namespaces.ts';
import { addVeth, request } from '#src/syscalls/netlink.ts';

interface Given {
  readonly neighbour: readonly Call[];
  readonly addresses: { readonly program: string; readonly neighbour: string };
  readonly netmask: string;
}

/** Both programs run before there is a cable. */
export async function run(lab: Lab, { neighbour, addresses, netmask }: Given): Promise<End> {
  const first = await lab.clone(lab.program, CLONE_NEWNET);
  const second = await lab.clone(neighbour, CLONE_NEWNET);
  for (const { pid } of [first, second]) {
    while (!readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('probe-')) await sleep(0);
  }
  await lab.perform(request(addVeth({ name: 'eth0', pid: first.pid }, { name: 'eth0', pid: second.pid })));
  await setUp(lab, first.pid, addresses.program, netmask);
  await setUp(lab, second.pid, addresses.neighbour, netmask);
  return lab.wait(first);
}

async function setUp(lab: Lab, pid: number, inside: string, netmask: string): Promise<void> {
  const network = openat(`/proc/${pid}/ns/net`, O_RDONLY);
  await lab.wait(await lab.clone([network, setns(network, CLONE_NEWNET), ...setUpNetwork({ inside, netmask })], 0));
}
