/** What to do where a folder cannot be made or written. */

/** What to do when something cannot be written in the kit's folder. */
export function writingAdvice(code: string | undefined): string {
  if (code === 'EROFS') return 'This file system is mounted read-only: copy the kit to one that you can write.';
  return 'Run this as the user who owns the folder, or in a copy of the kit that is yours.';
}
