import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import type { Call } from '#src/syscalls/call.ts';
import { chdir, chroot } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWPID, MNT, MS_BIND, MS_REC } from '#src/syscalls/flags.ts';
import { mount, pivotRoot, umount } from '#src/syscalls/mounts.ts';

/** The child's way into the image. */
function enter(image: string): Call[] {
  // TODO: a way in that has no way out.
  return [...makePrivate(), chdir(image), ...mountProc('proc'), chroot('.'), chdir('/')];
}

/** What the prisoner tries. Leave it as it is. */
function tryToEscape(): Call[] {
  return [chroot('tmp'), chdir('../../../../../../..'), chroot('.')];
}

export async function run(lab: Lab): Promise<End> {
  const container = await lab.clone(
    [...enter(lab.settings.root.path), ...tryToEscape(), ...lab.program],
    CLONE_NEWPID | CLONE_NEWNS,
  );
  return lab.wait(container);
}
