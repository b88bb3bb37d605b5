/**
 * Loads modules of the kit, which are written in TypeScript: from a bundle of them, if it is as new as its sources;
 * else the bundle is made anew; and where that cannot be done, tsx loads the sources.
 */
const { createRequire } = require('node:module');
const { isAbsolute, join, relative } = require('node:path');
const { Script } = require('node:vm');
const { isFresh, keep, readKept, readMade, top } = require('../native/kept.cjs');
const { nameSourcesOf } = require('./source-names.cjs');

const KIND = 'build';
/** What V8 has compiled remembers this name, also where the kit lies elsewhere. */
const FILE = 'bundle.cjs';

/** @typedef {(path: string) => any} ModuleAt returns what a module exports, by its path in the kit */

/**
 * @param {string} name of the bundle
 * @param {readonly string[]} modules the paths that will be asked for; the first is loaded at once
 * @param {{ runs?: boolean, folders?: readonly string[] }} [how] whether what is loaded is also run; folders in which no
 *   module may appear or go
 * @returns {Promise<ModuleAt>}
 */
async function load(name, modules, { runs = true, folders = [] } = {}) {
  try {
    return fresh(name, runs) ?? (await made(name, modules, runs, folders));
  } catch (error) {
    const { loadProblem } = require('../native/load-problem.cjs');
    // tsx needs the same packages. What is wrong with a source it says as it always did.
    if (loadProblem(error)) throw error;
    return fromSources();
  }
}

/**
 * What is in the head of a bundle. `hasRun`: what V8 has compiled of it is what a run needs.
 * @typedef {{ node: string, length: number, inputs: Record<string, string>, hasRun: boolean }} Head
 */

/**
 * From the bundle, if its sources are as they were.
 * @param {string} name
 * @param {boolean} runs
 */
function fresh(name, runs) {
  for (const made of readMade(KIND, `${name}.bundle`)) {
    if (!isFresh(made)) continue;
    const { moduleAt, script, text } = openMade(name, made);
    const head = /** @type {Head} */ (made.head);
    if (runs && !head.hasRun) keepAfterRun(name, head, text, script);
    return moduleAt;
  }
  return undefined;
}

/**
 * From the bundle, whatever has become of its sources: whoever started this process has compared them.
 * @param {string} name
 * @returns {ModuleAt | undefined}
 */
function loadKept(name) {
  const [made] = readMade(KIND, `${name}.bundle`);
  return made && openMade(name, made).moduleAt;
}

/**
 * @param {string} name
 * @param {import('../native/kept.cjs').Made} made the bundle, and after it what V8 has compiled of it
 */
function openMade(name, { place, head: { length }, body }) {
  const text = body.toString('latin1', 0, length);
  const readMap = () => String(readKept(place, `${name}.map`) ?? '');
  return { ...open(text, readMap, body.subarray(length)), text };
}

/**
 * @param {string} name
 * @param {readonly string[]} modules
 * @param {boolean} runs
 * @param {readonly string[]} folders
 */
async function made(name, modules, runs, folders) {
  const { bundle } = require('./bundle.cjs');
  try {
    const { text, map, stamps } = await bundle(modules, folders);
    const { moduleAt, script } = open(text, () => map);
    for (const path of modules) moduleAt(path);
    // What was changed a moment ago may change once more unnoticed: that is made anew at the next start.
    if ([...stamps.values()].every(({ settled }) => settled)) {
      const inputs = Object.fromEntries([...stamps].map(([path, { stamp }]) => [path, stamp]));
      const head = { node: process.version, length: text.length, inputs, hasRun: false };
      keep(KIND, [
        [`${name}.map`, map],
        [`${name}.bundle`, pack(head, text, script)],
      ]);
      if (runs) keepAfterRun(name, head, text, script);
    }
    return moduleAt;
  } finally {
    await require('esbuild').stop();
  }
}

/**
 * @param {Head} head
 * @param {string} text
 * @param {Script} script
 */
function pack(head, text, script) {
  return Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n${text}`), script.createCachedData()]);
}

/**
 * After a run V8 has compiled more of the bundle: a tenth of the next start.
 * @param {string} name
 * @param {Head} head
 * @param {string} text
 * @param {Script} script
 */
function keepAfterRun(name, head, text, script) {
  process.on('exit', () => keep(KIND, [[`${name}.bundle`, pack({ ...head, hasRun: true }, text, script)]]));
}

/**
 * @param {string} text
 * @param {() => string} readMap
 * @param {Buffer} [code] what V8 has compiled of it before
 */
function open(text, readMap, code) {
  const own = createRequire(join(top, 'package.json'));
  const module = { exports: /** @type {Record<string, () => unknown>} */ ({}) };
  const inside = (/** @type {string} */ id) => (isAbsolute(id) && module.exports[relative(top, id)]?.()) || own(id);
  const requireInside = Object.assign(inside, { resolve: own.resolve });
  nameSourcesOf(FILE, join(top, KIND), readMap);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename: FILE,
    cachedData: code,
  });
  script.runInThisContext()(module.exports, requireInside, module, join(top, KIND, FILE), top);
  return { script, moduleAt: (/** @type {string} */ path) => module.exports[path]?.() };
}

/**
 * By tsx, as CommonJS: that saves the worker thread that hooks for ES modules need.
 * @returns {ModuleAt}
 */
function fromSources() {
  require('./tsx.cjs').withOwnCache(() => require('tsx/cjs'));
  return (path) => require(join(top, path));
}

module.exports = { load, loadKept };
