// Fails: the host name inside: expected
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openat } from '#src/syscalls/files.ts';
import { CLONE_NEWUTS, O_RDONLY } from '#src/syscalls/flags.ts';
import { setdomainname, sethostname, setns } from '#src/syscalls/namespaces.ts';

export async function run(lab: Lab, given: { domain: string }): Promise<End> {
  const container = await lab.clone(lab.program, CLONE_NEWUTS);
  while (!readFileSync(`/proc/${container.pid}/cmdline`, 'latin1').includes('probe-')) await sleep(0);
  const names = openat(`/proc/${container.pid}/ns/uts`, O_RDONLY);
  const namer = await lab.clone(
    [names, setns(names, CLONE_NEWUTS), sethostname(lab.settings.hostname), setdomainname(given.domain)],
    0,
  );
  await lab.wait(namer);
  return lab.wait(container);
}
