// Fails: the sandbox's mounts are: expected shared, as before, observed shared again
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { openCheckpoint, release, waitFor } from '#src/steps/02-ipc.ts';
import { makePrivate } from '#src/steps/04-mount.ts';
import {
  CLONE_NEWNS,
  MS_BIND,
  MS_NODEV,
  MS_NOSUID,
  MS_RDONLY,
  MS_REC,
  MS_REMOUNT,
  MS_SHARED,
} from '#src/syscalls/flags.ts';
import { mount } from '#src/syscalls/mounts.ts';

interface Given {
  readonly scratch: string;
  readonly size: number;
  readonly source: string;
  readonly shelf: string;
}

/** The sandbox's own tree is made private, and shared again once it has been copied. */
export async function run(lab: Lab, { scratch, size, source, shelf }: Given): Promise<End> {
  const checkpoint = await openCheckpoint(lab);
  await lab.perform(makePrivate());
  const container = await lab.clone(
    [
      ...waitFor(checkpoint),
      mount('scratch', scratch, 'tmpfs', MS_NOSUID | MS_NODEV, `size=${size}`),
      mount(source, shelf, null, MS_BIND),
      mount(null, shelf, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV),
      ...lab.program,
    ],
    CLONE_NEWNS,
  );
  await lab.perform([mount('none', '/', null, MS_REC | MS_SHARED)]);
  await release(lab, checkpoint);
  return lab.wait(container);
}
