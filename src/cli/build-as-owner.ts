/** Building pages into a folder that may belong to somebody else, as after a build with sudo. */

/** @throws Error that says what to do if the folder cannot be written */
export function buildAsOwner<T>(build: () => T): T {
  try {
    return build();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM' && code !== 'EROFS') throw error;
    throw new Error(`The pages cannot be written: ${message}. Run this as the user who owns the folder.`);
  }
}
