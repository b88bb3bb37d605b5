/** Making folders. */
const { mkdirSync, statSync } = require('node:fs');
const { dirname } = require('node:path');

/**
 * Makes a folder and those above it, as far as they are missing. Returns the first that was missing.
 *
 * mkdirSync can do so, too, but in Node.js 20 it goes on for ever where the kernel answers ENOENT, as in /proc, and says
 * ENOENT on a read-only file system.
 * @param {string} path
 * @param {number} [mode] for those that are made, less the umask
 * @returns {string | undefined}
 * @throws {NodeJS.ErrnoException} with the kernel's reason
 */
function makeFolders(path, mode) {
  if (isFolder(path)) return undefined;
  const first = path === dirname(path) ? undefined : makeFolders(dirname(path), mode);
  try {
    mkdirSync(path, mode);
  } catch (error) {
    // Another process can have made it meanwhile.
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST' || !isFolder(path)) throw error;
    return first;
  }
  return first ?? path;
}

/** @param {string} path */
function isFolder(path) {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

module.exports = { makeFolders };
