import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { atLeast, type Call } from '#src/syscalls/call.ts';
import { chdir, chroot, fchdir, openat, read } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWPID } from '#src/syscalls/flags.ts';

const STDIN = 0;

/** Leave it as it is. */
function cage(lab: Lab): Call[] {
  return [
    chdir(lab.settings.root.path),
    chroot('.'),
    chdir('/'),
    atLeast(1, 'Nobody has looked into the cage.', read(STDIN, { size: 1, text: () => '…' })),
  ];
}

/** The calls that lead out of it. */
function wayOut(): Call[] {
  // The root is now below the working directory, so that no `..` stops at it.
  return [chroot('tmp'), chdir('../../../../../../..'), chroot('.')];
}

export async function run(lab: Lab): Promise<End> {
  const container = await lab.clone([...cage(lab), ...wayOut(), ...lab.program], CLONE_NEWPID | CLONE_NEWNS);
  return lab.wait(container);
}
