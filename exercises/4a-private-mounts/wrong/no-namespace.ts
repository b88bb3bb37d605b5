// Fails: the mount namespace: expected another one than the sandbox's
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate } from '#src/steps/04-mount.ts';
import { CLONE_NEWNS, MS_BIND, MS_RDONLY, MS_REMOUNT } from '#src/syscalls/flags.ts';
import { mount } from '#src/syscalls/mounts.ts';

type Given = { scratch: string; size: number; source: string; shelf: string };

export async function run(lab: Lab, { scratch, size, source, shelf }: Given): Promise<End> {
  const container = await lab.clone(
    [
      ...makePrivate(),
      mount('scratch', scratch, 'tmpfs', 0, `size=${size}`),
      mount(source, shelf, null, MS_BIND),
      mount(null, shelf, null, MS_REMOUNT | MS_BIND | MS_RDONLY),
      ...lab.program,
    ],
    0,
  );
  return lab.wait(container);
}
