/** What to type in order to have an exercise checked at every save. */

import type { Entry } from '../catalogue/exercises.ts';
import { sudoUser } from '../command-line/sudo-user.ts';

/** With sudo where the exercise needs root, or the learner has come with it. */
export function watchCommand({ id, needs = [] }: Entry): string {
  const isRoot = process.geteuid?.() === 0;
  const needsRoot = needs.some((need) => need !== 'image');
  return `${sudoUser() || (needsRoot && !isRoot) ? 'sudo ' : ''}npm run watch ${id}`;
}
