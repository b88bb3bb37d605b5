/** One run at a time works on a class, or something would be graded twice. */
import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { UsageError } from '../../command-line/usage-error.ts';
import { isOver, newOwnerName } from '../../leftovers/owner.ts';

/** Gives how to let go. A lock of a run that is dead is none. @throws UsageError if another run has it */
export function lock(file: string): () => void {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, newOwnerName());
  try {
    for (;;) {
      if (linked(draft, file)) return () => rmSync(file, { force: true });
      if (!isOver(holder(file))) {
        throw new UsageError(`Another run is at it: ${file}. If there is none, remove that file.`);
      }
      rmSync(file, { force: true });
    }
  } finally {
    rmSync(draft, { force: true });
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

function holder(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return ''; // It has let go meanwhile, or is none of ours.
  }
}
