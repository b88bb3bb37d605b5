/** Only one run at a time works on a class: otherwise work would be graded twice. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { UsageError } from '../../command-line/usage-error.ts';
import { isOver, newOwnerName } from '../../leftovers/owner.ts';

/** Returns how to let go. The lock of a dead run does not count. @throws UsageError if another run has it */
export function lock(file: string): () => void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, newOwnerName());
  try {
    for (;;) {
      if (linked(draft, file)) return () => rmSync(file, { force: true });
      const owner = ownerOf(file);
      if (owner === undefined) continue;
      if (!isOver(owner)) {
        throw new UsageError(`Another run is at it: ${file}. If there is none, remove that file.`);
      }
      removeAbandoned(file, owner);
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/**
 * Two runs can find the same dead lock. One of them takes it over; the other
 * must not remove the lock that is there from then on. So only one at a time
 * may look and remove, and nobody else touches a lock whose owner is dead.
 */
function removeAbandoned(file: string, owner: string): void {
  const unlock = lock(`${file}.takeover`);
  try {
    if (ownerOf(file) === owner) rmSync(file);
  } finally {
    unlock();
  }
}

/** link(2) makes the name with its text in it, or not at all. */
function linked(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

/** What a lock holds; undefined if its owner has let go meanwhile. */
function ownerOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : '';
  }
}
