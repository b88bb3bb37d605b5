/**
 * Removing a tree with rm(1), which holds on to directories by descriptor: no
 * link that somebody puts there at this moment leads it elsewhere.
 */
import { existsSync, lstatSync } from 'node:fs';
import { asMappedRoot } from './namespaces.ts';
import { run } from './run-program.ts';

const RM = ['rm', '-rf', '--one-file-system', '--'];

/** Removes what is at `path`, if anything is. Throws with rm's complaint if something stays. */
export async function removeTree(path: string): Promise<void> {
  if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return;
  const { lastLine } = await run([...RM, path]);
  if (!existsSync(path)) return;
  // An ordinary user may own folders that are closed to their owner, and builds as
  // root of a user namespace leave files of the user's other ids.
  if (process.geteuid?.() !== 0) await asMappedRoot([...RM, path]);
  if (existsSync(path)) throw new Error(`${path} cannot be removed: ${lastLine}`);
}
