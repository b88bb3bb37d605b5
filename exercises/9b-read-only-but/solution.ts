import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import type { Call } from '#src/syscalls/call.ts';
import { chdir, mkdir } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWPID, MNT, MS_BIND, MS_REC } from '#src/syscalls/flags.ts';
import { makeReadOnly, mount, pivotRoot, umount } from '#src/syscalls/mounts.ts';

const FOLDER = '/tmp/data';

/** The host's folder, with a disk in it. Leave it as it is. */
function hostsFolder(): Call[] {
  return [
    mkdir(FOLDER),
    mount('data', FOLDER, 'tmpfs'),
    mkdir(`${FOLDER}/disk`),
    mount('disk', `${FOLDER}/disk`, 'tmpfs'),
  ];
}

/** The folder appears at `place`, and nothing in it can be changed. */
function mountVolume(place: string): Call[] {
  return [mount(FOLDER, place, null, MS_BIND | MS_REC), makeReadOnly(place)];
}

function enter(image: string): Call[] {
  return [
    ...makePrivate(),
    mount(image, image, null, MS_BIND | MS_REC),
    chdir(image),
    ...mountProc('proc'),
    mount('scratch', 'tmp', 'tmpfs'),
    ...mountVolume('mnt'),
    pivotRoot('.', '.'),
    umount('.', MNT.MNT_DETACH),
  ];
}

export async function run(lab: Lab): Promise<End> {
  await lab.perform(hostsFolder());
  const container = await lab.clone([...enter(lab.settings.root.path), ...lab.program], CLONE_NEWPID | CLONE_NEWNS);
  return lab.wait(container);
}
