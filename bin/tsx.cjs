/**
 * Loads tsx. Its cache has a name that anybody can guess, in TMPDIR, and what is in it is run. So it gets a folder that
 * nobody else may write, or does without.
 */
const { join } = require('node:path');
const { makeFolders } = require('../native/folders.cjs');
const { giveToOwner, writableFolder } = require('../native/kept.cjs');

/**
 * Calls `load` with the environment that tsx looks at when it is loaded, and puts back what was there before.
 * @template Result
 * @param {() => Result} load
 * @returns {Result}
 */
function withOwnCache(load) {
  const folder = cacheFolder();
  const before = { TMPDIR: process.env.TMPDIR, TSX_DISABLE_CACHE: process.env.TSX_DISABLE_CACHE };
  const restore = () => {
    for (const [name, value] of Object.entries(before)) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  };
  if (folder === undefined) {
    process.env.TSX_DISABLE_CACHE = '1';
  } else {
    delete process.env.TSX_DISABLE_CACHE;
    process.env.TMPDIR = folder;
  }
  try {
    const result = load();
    if (result instanceof Promise) return /** @type {Result} */ (result.finally(restore));
    restore();
    return result;
  } catch (error) {
    restore();
    throw error;
  }
}

function cacheFolder() {
  const folder = writableFolder('build');
  if (folder === undefined) return undefined;
  // tsx names it so. If the kit is somebody else's, they can remove what root has put in.
  const inside = join(folder, `tsx-${process.geteuid?.()}`);
  try {
    if (makeFolders(inside) !== undefined) giveToOwner(inside);
    return folder;
  } catch {
    return undefined;
  }
}

module.exports = { withOwnCache };
