/**
 * Unfinished work. A build happens in a workshop, a directory beside its result
 * that bears the mark of its process. So what a killed build leaves can be told
 * from the work of a live one, and the next build removes it.
 */
import { lstatSync, readdirSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { quoted } from '../src/command-line/quoted.ts';
import { isOver, isUnknown, newOwnerName, unknownLine } from '../src/leftovers/owner.ts';
import { isReadable } from './place.ts';
import { removeTree } from './remove.ts';

const UNFINISHED = /^\.building-(.+)-(container-lab-[0-9a-f]+(?:-\d+){4})$/;

/** A name for unfinished work on the file or directory called `name`. */
export function unfinishedName(name: string): string {
  return `.building-${name}-${newOwnerName()}`;
}

/** Where a workshop keeps the image that it is about to replace. */
export function replacedIn(workshop: string): string {
  return join(workshop, 'replaced');
}

/** Where a workshop keeps an image that nobody needs any more. */
export function removedIn(workshop: string): string {
  return join(workshop, 'removed');
}

/** Removes what work has left whose process is dead, as far as we may. Returns its paths. */
export async function removeAbandoned(place: string): Promise<string[]> {
  const removed: string[] = [];
  if (!isReadable(place)) return removed;
  for (const entry of readdirSync(place)) {
    const [, name, owner] = UNFINISHED.exec(entry) ?? [];
    if (name === undefined || owner === undefined || !isOver(owner)) continue;
    try {
      putBack(join(place, entry), join(place, name));
      await removeTree(join(place, entry));
      removed.push(join(place, entry));
    } catch {
      // Another user's, or somebody else is removing it at this moment.
    }
  }
  return removed;
}

/** What is left alone since nobody can know from here whether its process has ended: a line each. */
export function unknownWork(place: string): string[] {
  if (!isReadable(place)) return [];
  return readdirSync(place).flatMap((entry) => {
    const owner = UNFINISHED.exec(entry)?.[2] ?? '';
    const path = join(place, entry);
    return isUnknown(owner) ? [unknownLine(`unfinished image ${path}`, owner, `rm -r ${quoted(path)}`)] : [];
  });
}

// Killed between two renames, a build has taken the old image away and put no new one there.
function putBack(workshop: string, directory: string): void {
  const isThere = (path: string) => lstatSync(path, { throwIfNoEntry: false }) !== undefined;
  if (isThere(replacedIn(workshop)) && !isThere(directory)) renameSync(replacedIn(workshop), directory);
}
