import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import type { Call } from '#src/syscalls/call.ts';
import { chdir, makeDevice, mkdir } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWPID, MNT } from '#src/syscalls/flags.ts';
import { mount, pivotRoot, umount } from '#src/syscalls/mounts.ts';

/** Such as `etc/hosts`. */
interface Given {
  readonly hidden: string;
}

/** What is in `upper` lies over the image. */
function hide(hidden: string): Call[] {
  // TODO
  return [];
}

function enter(image: string, hidden: string): Call[] {
  return [
    ...makePrivate(),
    mount('layers', '/tmp', 'tmpfs'),
    chdir('/tmp'),
    mkdir('upper'),
    mkdir('work'),
    mkdir('merged'),
    ...hide(hidden),
    mount('overlay', 'merged', 'overlay', 0, `lowerdir=${image},upperdir=upper,workdir=work`),
    chdir('merged'),
    ...mountProc('proc'),
    pivotRoot('.', '.'),
    umount('.', MNT.MNT_DETACH),
  ];
}

export async function run(lab: Lab, { hidden }: Given): Promise<End> {
  const container = await lab.clone(
    [...enter(lab.settings.root.path, hidden), ...lab.program],
    CLONE_NEWPID | CLONE_NEWNS,
  );
  return lab.wait(container);
}
