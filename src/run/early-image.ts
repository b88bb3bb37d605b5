/** `--rootfs` before step 8: the program runs in an image all the same, as far as the step's namespaces allow. */

import type { Lab } from '../lab/lab.ts';
import { enterImage } from '../steps/08-chroot.ts';
import { openDirectory, openImage } from '../steps/08-image.ts';
import { chdir, chroot } from '../syscalls/files.ts';
import { FIRST_WITH_USERS } from './program.ts';

/** From here on there is a mount table of its own. */
const FIRST_WITH_MOUNTS = 4;

/** Has the program of `lab`, whose step has no image of its own, run in the one that its settings name. */
export async function useImage(lab: Lab, step: number): Promise<void> {
  const hasUsers = step >= FIRST_WITH_USERS || lab.settings.rootless;
  const image = hasUsers ? await openImage(lab) : { directory: await openDirectory(lab, lab.settings.rootfs) };
  if (step >= FIRST_WITH_MOUNTS) return lab.beginIn(image.directory, enterImage(image));
  await lab.tell(
    () => 'Without a mount namespace (step 4), nothing is mounted in the image: its /proc and /dev are bare.',
  );
  lab.beginIn(image.directory, [chroot('.'), chdir('/')]);
}
