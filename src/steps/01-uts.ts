/**
 * Step 1: UTS namespace.
 *
 * New here: CLONE_NEWUTS gives the child a host name of its own. It starts as a
 * copy of the parent's; sethostname(2) then changes the copy alone.
 *
 * See uts_namespaces(7), sethostname(2).
 */
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import { CLONE_NEWUTS } from '../syscalls/flags.ts';
import { sethostname } from '../syscalls/namespaces.ts';

export const title = 'UTS: a host name of its own';
export const has: readonly Feature[] = ['uts'];

export async function run(lab: Lab): Promise<End> {
  // #region child
  const container = await lab.clone([sethostname(lab.settings.hostname), ...lab.program], CLONE_NEWUTS);
  // #endregion child
  return lab.wait(container);
}
