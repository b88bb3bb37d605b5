/**
 * Where things made from the sources are kept, so that they need not be made at every start. What is kept is run, so
 * a folder or a file counts only if nobody else may write it.
 */
const fs = require('node:fs');
const { dirname, isAbsolute, join } = require('node:path');
const { makeFolders } = require('./folders.cjs');

const top = join(__dirname, '..');
/** Who owns this file owns the kit, also where its folder is put together from others'. */
const kitOwner = () => fs.statSync(join(top, 'native/kept.cjs'));
const OTHERS_MAY_WRITE = 0o022;
/** A file that was changed so short a time ago may change again without another time: clocks have ticks. */
const TICK_MS = 50;
const NEWLINE = 10;
/** Where times have no fraction, a tick is long: two seconds on FAT. */
const LONG_TICK_MS = 2500;

/** @typedef {{ folder: string, owners: number[] }} Place */

/**
 * The folders for things of a kind, such as `native/build`, best first: in the kit for whoever owns it, and in the
 * user's own cache.
 * @param {string} kind
 * @returns {Generator<Place>}
 */
function* placesFor(kind) {
  const me = process.geteuid?.() ?? 0;
  // Whoever runs the kit trusts its owner already.
  yield { folder: join(top, kind), owners: [me, kitOwner().uid, 0] };
  const cache = cacheFolder(me);
  if (cache) yield { folder: join(cache, kind), owners: [me] };
}

/**
 * `~/.cache/container-lab/` and the kit's path, as one name or several; undefined where the home is somebody else's, as under sudo.
 * @param {number} me
 */
function cacheFolder(me) {
  const { XDG_CACHE_HOME: cache = '', HOME: home = '' } = process.env;
  const base = isAbsolute(cache) ? cache : isAbsolute(home) ? join(home, '.cache') : undefined;
  if (base === undefined) return undefined;
  let nearest = base;
  while (!fs.existsSync(nearest)) nearest = dirname(nearest);
  if (fs.statSync(nearest).uid !== me) return undefined;
  return join(base, 'container-lab', ...(encodeURIComponent(top).match(/.{1,200}/g) ?? []));
}

/**
 * @param {fs.Stats} stats
 * @param {number[]} owners
 */
const isOurs = (stats, owners) => owners.includes(stats.uid) && (stats.mode & OTHERS_MAY_WRITE) === 0;

/** @param {Place} place */
function isSafe({ folder, owners }) {
  const stats = fs.lstatSync(folder, { throwIfNoEntry: false });
  return stats?.isDirectory() === true && isOurs(stats, owners);
}

/**
 * The folders of a kind that are there and that nobody else may write.
 * @param {string} kind
 */
function* safePlaces(kind) {
  for (const place of placesFor(kind)) if (isSafe(place)) yield place;
}

/**
 * Whether a file is in such a folder, and nobody else may write it.
 * @param {Place} place
 * @param {string} name
 */
function isSafeFile({ folder, owners }, name) {
  const stats = fs.lstatSync(join(folder, name), { throwIfNoEntry: false });
  return stats?.isFile() === true && isOurs(stats, owners);
}

/**
 * What is in a file in such a folder; undefined if it is not there or somebody else may write it.
 * @param {Place} place
 * @param {string} name
 */
function readKept({ folder, owners }, name) {
  let fd;
  try {
    fd = fs.openSync(join(folder, name), fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW | fs.constants.O_NONBLOCK);
    const stats = fs.fstatSync(fd);
    return stats.isFile() && isOurs(stats, owners) ? fs.readFileSync(fd) : undefined;
  } catch {
    return undefined;
  } finally {
    if (fd !== undefined) fs.closeSync(fd);
  }
}

/**
 * A folder to put things of a kind into, made if it is missing; undefined if there is none that this user may write.
 * @param {string} kind
 */
function writableFolder(kind) {
  for (const place of placesFor(kind)) if (canBeFilled(place)) return place.folder;
  return undefined;
}

/** @param {Place} place */
function canBeFilled(place) {
  const { folder } = place;
  try {
    const first = makeFolders(folder, 0o755);
    if (first !== undefined) giveToOwner(folder);
    const { uid, mode } = fs.lstatSync(folder);
    if (uid === process.geteuid?.() && mode & OTHERS_MAY_WRITE) fs.chmodSync(folder, mode & 0o7755);
    fs.accessSync(folder, fs.constants.W_OK);
    return isSafe(place);
  } catch {
    return false;
  }
}

/**
 * What root makes in somebody's kit is theirs, so that they can replace and remove it.
 * @param {string} path
 */
function giveToOwner(path) {
  const { uid, gid } = kitOwner();
  if (process.geteuid?.() !== 0 || uid === 0 || !path.startsWith(join(top, '/'))) return;
  try {
    fs.lchownSync(path, uid, gid);
  } catch {
    // A user namespace may know no such user. Then it stays root's, and they make their own.
  }
}

/**
 * Puts files of a kind where they are kept; false where there is no place for them. Each is there whole or not at all.
 * @param {string} kind
 * @param {[name: string, content: string | Buffer][]} files
 */
function keep(kind, files) {
  const folder = writableFolder(kind);
  if (folder === undefined) return false;
  for (const [name, content] of files) {
    const scratch = join(folder, `.${name}-${process.pid}`);
    try {
      fs.rmSync(scratch, { force: true });
      fs.writeFileSync(scratch, content, { flag: 'wx', mode: 0o644 });
      giveToOwner(scratch);
      fs.renameSync(scratch, join(folder, name));
    } catch {
      fs.rmSync(scratch, { force: true });
      return false;
    }
  }
  return true;
}

/**
 * What changes whenever a file or a directory does. `settled`: it would also change if the file were written again now.
 * @param {string} path in the kit
 */
function stampOf(path) {
  const { mtimeMs, ctimeMs, size } = fs.statSync(join(top, path));
  const tick = ctimeMs % 1000 === 0 ? LONG_TICK_MS : TICK_MS;
  return { stamp: `${mtimeMs} ${ctimeMs} ${size}`, settled: Math.abs(Date.now() - ctimeMs) > tick };
}

/**
 * Whether all are as they were.
 * @param {Record<string, string>} stamps by path
 */
function areAsTheyWere(stamps) {
  try {
    return Object.entries(stamps).every(([path, stamp]) => stampOf(path).stamp === stamp);
  } catch {
    return false;
  }
}

/**
 * What was made of sources and kept: its first line is JSON, with their stamps as `inputs`.
 * @typedef {{ place: Place, head: { inputs: Record<string, string> } & Record<string, any>, body: Buffer }} Made
 */

/**
 * What is kept under a name, in every place that has it.
 * @param {string} kind
 * @param {string} name
 * @returns {Generator<Made>}
 */
function* readMade(kind, name) {
  for (const place of safePlaces(kind)) {
    const content = readKept(place, name);
    if (content === undefined) continue;
    const start = content.indexOf(NEWLINE) + 1;
    yield { place, head: JSON.parse(content.toString('latin1', 0, start)), body: content.subarray(start) };
  }
}

/**
 * Whether the sources are as they were, and Node.js is.
 * @param {Made} made
 */
function isFresh({ head }) {
  return head.node === process.version && areAsTheyWere(head.inputs);
}

module.exports = {
  top,
  safePlaces,
  isSafeFile,
  readKept,
  writableFolder,
  giveToOwner,
  keep,
  stampOf,
  areAsTheyWere,
  readMade,
  isFresh,
};
