import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import { setAttribute } from '#src/syscalls/attributes.ts';
import type { Call } from '#src/syscalls/call.ts';
import { chdir, close, mkdir, openat } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWPID, MNT, O_CREAT, O_WRONLY } from '#src/syscalls/flags.ts';
import { mount, pivotRoot, umount } from '#src/syscalls/mounts.ts';

function touch(path: string): Call[] {
  const file = openat(path, O_WRONLY | O_CREAT, 0o644);
  return [file, close(file)];
}

/** The first version of the program. Leave it as it is. */
function firstVersion(): Call[] {
  return [
    ...['first', 'first/mnt', 'first/mnt/app', 'first/mnt/app/data'].map((path) => mkdir(path)),
    ...['readme', 'app/program', 'app/data/old', 'app/data/older'].flatMap((path) => touch(`first/mnt/${path}`)),
  ];
}

/** A folder that replaces the one of the same name in the layers below. */
function newFolder(path: string): Call[] {
  return [mkdir(path), setAttribute(path, 'user.overlay.opaque', 'y')];
}

/** The upgrade: its data have another form, and nothing of the old ones may be left. */
function upgrade(): Call[] {
  return [
    ...['second', 'second/mnt', 'second/mnt/app'].map((path) => mkdir(path)),
    ...newFolder('second/mnt/app/data'),
    ...touch('second/mnt/app/data/new'),
  ];
}

function enter(image: string): Call[] {
  return [
    ...makePrivate(),
    mount('layers', '/tmp', 'tmpfs'),
    chdir('/tmp'),
    ...firstVersion(),
    ...upgrade(),
    ...['upper', 'work', 'merged'].map((path) => mkdir(path)),
    mount('overlay', 'merged', 'overlay', 0, `lowerdir=second:first:${image},upperdir=upper,workdir=work,userxattr`),
    chdir('merged'),
    ...mountProc('proc'),
    pivotRoot('.', '.'),
    umount('.', MNT.MNT_DETACH),
  ];
}

export async function run(lab: Lab): Promise<End> {
  const container = await lab.clone([...enter(lab.settings.root.path), ...lab.program], CLONE_NEWPID | CLONE_NEWNS);
  return lab.wait(container);
}
