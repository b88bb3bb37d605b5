/**
 * Removing a tree with rm(1), which holds on to directories by descriptor: no
 * link that somebody puts there at this moment leads it elsewhere.
 */
import { existsSync, lstatSync } from 'node:fs';
import { asMappedRoot } from './namespaces.ts';
import { run } from './run-program.ts';

const RM = ['rm', '-rf', '--one-file-system', '--'];
/** Nothing can be removed from a folder that is closed to its owner. Fedora's images have such. */
const OPEN = ['-xdev', '-type', 'd', '!', '-perm', '-700', '-exec', 'chmod', 'u+rwx', '{}', ';'];

/** Removes what is at `path`, if anything is. Throws with rm's complaint if something stays. */
export async function removeTree(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const { lastLine } = await run([...RM, path]);
  if (!existsSync(path)) return;
  if (process.geteuid?.() !== 0) await removeAsUser(path);
  if (existsSync(path)) throw new Error(`${path} cannot be removed: ${lastLine}`);
}

/** Folders may be closed to their owner; builds as root of a user namespace leave files of the user's other ids. */
async function removeAsUser(path: string): Promise<void> {
  await run(['find', path, ...OPEN]);
  await run([...RM, path]);
  // Without such ids, what stays has another reason.
  if (existsSync(path)) await asMappedRoot([...RM, path]).catch(() => {});
}
