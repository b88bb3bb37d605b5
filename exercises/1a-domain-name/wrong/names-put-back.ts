// Fails: the sandbox's host name: expected sandbox, observed sandbox again
import { readFileSync } from 'node:fs';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { setdomainname, sethostname } from '#src/syscalls/namespaces.ts';

/** A new namespace begins as a copy: so the sandbox is named, for as long as it takes to copy. */
export async function run(lab: Lab, given: { domain: string }): Promise<End> {
  const [host, domain] = ['hostname', 'domainname'].map((name) =>
    readFileSync(`/proc/sys/kernel/${name}`, 'utf8').trim(),
  ) as [string, string];
  const checkpoint = await openCheckpoint(lab);
  await lab.perform([sethostname(lab.settings.hostname), setdomainname(given.domain)]);
  const container = await lab.clone([...waitFor(checkpoint), ...lab.program], CLONE_NEWUTS);
  await lab.perform([sethostname(host), setdomainname(domain)]);
  await release(lab, checkpoint);
  return lab.wait(container);
}
