// Fails: the sandbox's mounts are: expected shared
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate } from '#src/steps/04-mount.ts';
import { CLONE_NEWNS, MS_BIND, MS_NODEV, MS_NOSUID, MS_RDONLY, MS_REMOUNT } from '#src/syscalls/flags.ts';
import { mount } from '#src/syscalls/mounts.ts';

interface Given {
  /** Where the tmpfs goes. */
  readonly scratch: string;
  /** How large it may become, in bytes. */
  readonly size: number;
  /** The directory to show. */
  readonly source: string;
  /** Where to show it, read-only. */
  readonly shelf: string;
}

export async function run(lab: Lab, given: Given): Promise<End> {
  const { scratch, size, source, shelf } = given;
  await lab.perform(makePrivate());
  const container = await lab.clone(
    [
      mount('scratch', scratch, 'tmpfs', MS_NOSUID | MS_NODEV, `size=${size}`),
      mount(source, shelf, null, MS_BIND),
      // A new bind mount takes its options from its source; only a remount changes them.
      mount(null, shelf, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV),
      ...lab.program,
    ],
    CLONE_NEWNS,
  );
  return lab.wait(container);
}
