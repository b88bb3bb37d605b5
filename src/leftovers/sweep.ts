/**
 * Removing what runs that are dead have left: after a SIGKILL nobody else can.
 * `npm run clean` does it, and every step when it is over.
 */
import { removeAbandonedGroups } from '../cgroups/abandoned.ts';
import { removeAbandonedLinks } from '../network/abandoned.ts';
import { endAbandoned } from './processes.ts';

/** Removes it, as far as this user may, and says what it was, a line each. */
export async function sweep(): Promise<string[]> {
  return [
    ...endAbandoned().map((pid) => `process ${pid}`),
    ...(await removeAbandonedLinks()).map((name) => `link ${name}`),
    ...removeAbandonedGroups().map((path) => `cgroup ${path}`),
  ];
}
