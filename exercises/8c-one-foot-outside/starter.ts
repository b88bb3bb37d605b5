import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate, mountProc } from '#src/steps/04-mount.ts';
import type { Call } from '#src/syscalls/call.ts';
import { chdir, chroot } from '#src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';

function enterImage(image: string): Call[] {
  return [...mountProc(`${image}/proc`), chdir('/'), chroot(image)];
}

export async function run(lab: Lab): Promise<End> {
  const container = await lab.clone(
    [sethostname(lab.settings.hostname), ...makePrivate(), ...enterImage(lab.settings.root.path), ...lab.program],
    CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS,
  );
  return lab.wait(container);
}
