/** `--rootfs` with a step that has no image: its program runs in one all the same, as far as the step's namespaces allow. */
import type { Lab } from '../lab/lab.ts';
import type { Step } from '../lab/step.ts';
import { enterImage } from '../steps/08-chroot.ts';
import { openDirectory, openImage } from '../steps/08-image.ts';
import type { Call } from '../syscalls/call.ts';
import { chdir, chroot } from '../syscalls/files.ts';

/** The same run, whose program runs in the image that its settings name. */
export async function inImage(lab: Lab, { has }: Pick<Step, 'has'>): Promise<Lab> {
  const hasUsers = has.has('user') || lab.rootless;
  const image = hasUsers ? await openImage(lab) : { directory: await openDirectory(lab, lab.settings.root.path) };
  if (has.has('mnt')) return beginningIn(lab, image.directory, enterImage(image));
  await lab.tell(
    () => 'Without a mount namespace (step 4), nothing is mounted in the image: its /proc and /dev are bare.',
  );
  return beginningIn(lab, image.directory, [chroot('.'), chdir('/')]);
}

/** The child begins in an open directory, and makes some calls before it becomes the program. */
function beginningIn(lab: Lab, directory: number, calls: readonly Call[]): Lab {
  return {
    owner: lab.owner,
    settings: lab.settings,
    rootless: lab.rootless,
    program: [...calls, ...lab.program],
    perform: (list) => lab.perform(list),
    clone: (list, flags, options) => lab.clone(list, flags, { directory, ...options }),
    wait: (child) => lab.wait(child),
    tell: (line) => lab.tell(line),
    leaves: (leftover) => lab.leaves(leftover),
    onEnd: (undo) => lab.onEnd(undo),
  };
}
