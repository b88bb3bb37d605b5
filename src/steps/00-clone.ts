/**
 * Step 0: clone.
 *
 * New here: clone(2) makes a second process. The parent says "Hello", the child
 * makes the calls of its list and says "World", and the parent waits for it,
 * for a child that nobody waits for stays behind as a zombie.
 *
 * See clone(2), wait(2), exit_group(2).
 */
import type { End } from '../executor/reaper.ts';
import type { Lab } from '../lab/lab.ts';
import type { Feature } from '../settings/features.ts';
import { write } from '../syscalls/files.ts';

const STDOUT = 1;

export const title = 'clone: a parent, and a child on its own';
export const has: readonly Feature[] = [];
export const opening = 'none';

// #region run
export async function run(lab: Lab): Promise<End> {
  await lab.perform([write(STDOUT, 'Hello\n')]);
  // #region child
  const container = await lab.clone([write(STDOUT, 'World\n'), ...lab.program], 0);
  // #endregion child
  const end = await lab.wait(container);
  await lab.tell(() => `The child, process ${container.pid}, has ended: ${endText(end)}.`);
  return end;
}
// #endregion run

function endText(end: End): string {
  return 'status' in end ? `status ${end.status}` : `killed by signal ${end.signal}`;
}
