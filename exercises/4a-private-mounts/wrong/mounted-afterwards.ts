// Fails: the file system at the scratch: expected tmpfs, observed
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate } from '#src/steps/04-mount.ts';
import { openat } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, MS_BIND, MS_NODEV, MS_NOSUID, MS_RDONLY, MS_REMOUNT, O_RDONLY } from '#src/syscalls/flags.ts';
import { mount } from '#src/syscalls/mounts.ts';
import { setns } from '#src/syscalls/namespaces.ts';

interface Given {
  readonly scratch: string;
  readonly size: number;
  readonly source: string;
  readonly shelf: string;
}

/** Somebody comes in when the program runs already, and mounts what it should have begun with. */
export async function run(lab: Lab, { scratch, size, source, shelf }: Given): Promise<End> {
  const container = await lab.clone([...makePrivate(), ...lab.program], CLONE_NEWNS);
  while (!readFileSync(`/proc/${container.pid}/cmdline`, 'latin1').includes('probe-')) await sleep(0);
  const mounts = openat(`/proc/${container.pid}/ns/mnt`, O_RDONLY);
  const helper = await lab.clone(
    [
      mounts,
      setns(mounts, CLONE_NEWNS),
      mount(source, shelf, null, MS_BIND),
      mount(null, shelf, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV),
      mount('scratch', scratch, 'tmpfs', MS_NOSUID | MS_NODEV, `size=${size}`),
    ],
    0,
  );
  await lab.wait(helper);
  return lab.wait(container);
}
