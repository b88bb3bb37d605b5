/** Making folders, and what to do where that is refused. */
import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a folder and those above it, as far as they are missing. Returns the
 * first that was missing. On a read-only file system Node.js 20 says ENOENT;
 * this says EROFS.
 * @throws Error with the kernel's reason
 */
export function makeFolders(path: string): string | undefined {
  try {
    return mkdirSync(path, { recursive: true });
  } catch (error) {
    let above = path;
    while (!existsSync(above) && above !== dirname(above)) above = dirname(above);
    accessSync(above, constants.W_OK);
    throw error;
  }
}

/** What to do when something cannot be written in the kit's folder. */
export function writingAdvice(code: string | undefined): string {
  if (code === 'EROFS') return 'This file system is mounted read-only: copy the kit to one that you can write.';
  return 'Run this as the user who owns the folder.';
}
