import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import { atLeast, type Call } from '#src/syscalls/call.ts';
import { chdir, chroot, openat, read } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWPID, MNT, MS, MS_BIND, MS_REC, O_RDONLY } from '#src/syscalls/flags.ts';
import { mount, umount } from '#src/syscalls/mounts.ts';
import { setns } from '#src/syscalls/namespaces.ts';

const STDIN = 0;

/** Leave it as it is. */
function cage(image: string): Call[] {
  return [
    ...makePrivate(),
    mount(image, image, null, MS_BIND | MS_REC),
    chdir(image),
    ...mountProc('proc'),
    // Over the old root, and nobody has unmounted that.
    mount('.', '/', null, MS.MS_MOVE),
    chroot('.'),
    chdir('/'),
    atLeast(1, 'Nobody has looked into the cage.', read(STDIN, { size: 1, text: () => '…' })),
  ];
}

/** The calls that lead out of it. */
function wayOut(): Call[] {
  // TODO
  return [];
}

export async function run(lab: Lab): Promise<End> {
  const container = await lab.clone(
    [...cage(lab.settings.root.path), ...wayOut(), ...lab.program],
    CLONE_NEWPID | CLONE_NEWNS,
  );
  return lab.wait(container);
}
