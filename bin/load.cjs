/**
 * Loads modules of the kit, which are written in TypeScript: from a bundle of them, if it is as new as its sources;
 * else the bundle is made anew; and where that cannot be done, tsx loads the sources.
 */
const { createRequire } = require('node:module');
const { isAbsolute, join, relative } = require('node:path');
const { Script } = require('node:vm');
const { areAsTheyWere, keep, readKept, safePlaces, top } = require('../native/kept.cjs');

const KIND = 'build';
const NEWLINE = 10;

/** @typedef {(path: string) => any} ModuleAt returns what a module exports, by its path in the kit */

/**
 * @param {string} name of the bundle
 * @param {readonly string[]} modules the paths that will be asked for; the first is loaded at once
 * @param {{ runs?: boolean }} [how] whether what is loaded is also run
 * @returns {Promise<ModuleAt>}
 */
async function load(name, modules, { runs = true } = {}) {
  try {
    return fresh(name, runs) ?? (await made(name, modules, runs));
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
  for (const place of safePlaces(KIND)) {
    const content = readKept(place, `${name}.bundle`);
    if (content === undefined) continue;
    const start = content.indexOf(NEWLINE) + 1;
    const head = /** @type {Head} */ (JSON.parse(content.toString('latin1', 0, start)));
    if (head.node !== process.version || !areAsTheyWere(head.inputs)) continue;
    const text = content.toString('latin1', start, start + head.length);
    const readMap = () => String(readKept(place, `${name}.map`) ?? '');
    const { moduleAt, script } = open(text, readMap, content.subarray(start + head.length));
    if (runs && !head.hasRun) keepAfterRun(name, head, text, script);
    return moduleAt;
  }
  return undefined;
}

/**
 * @param {string} name
 * @param {readonly string[]} modules
 * @param {boolean} runs
 */
async function made(name, modules, runs) {
  const { bundle } = require('./bundle.cjs');
  try {
    const { text, map, stamps } = await bundle(modules);
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
  const filename = join(top, KIND, 'bundle.cjs');
  const own = createRequire(join(top, 'package.json'));
  const module = { exports: /** @type {Record<string, () => unknown>} */ ({}) };
  const inside = (/** @type {string} */ id) => (isAbsolute(id) && module.exports[relative(top, id)]?.()) || own(id);
  const requireInside = Object.assign(inside, { resolve: own.resolve });
  nameSources(filename, readMap);
  const script = new Script(`(function (exports, require, module, __filename, __dirname) {${text}\n})`, {
    filename,
    cachedData: code,
  });
  script.runInThisContext()(module.exports, requireInside, module, filename, top);
  return { script, moduleAt: (/** @type {string} */ path) => module.exports[path]?.() };
}

/**
 * Makes stack traces name the sources. Node.js could do so, too, but would read the map at every start.
 * @param {string} filename
 * @param {() => string} readMap
 */
function nameSources(filename, readMap) {
  /** @type {import('node:module').SourceMap | undefined} */
  let map;
  const sourceOf = (/** @type {number} */ line, /** @type {number} */ column) => {
    const { SourceMap } = require('node:module');
    map ??= new SourceMap(JSON.parse(readMap() || '{"version":3,"sources":[],"mappings":""}'));
    const entry = map.findEntry(line - 1, column - 1);
    if (!('originalSource' in entry)) return undefined;
    return `${join(top, KIND, entry.originalSource)}:${entry.originalLine + 1}:${entry.originalColumn + 1}`;
  };
  Error.prepareStackTrace = (error, frames) => {
    const lines = frames.map((frame) => {
      const text = String(frame);
      if (frame.getFileName() !== filename) return text;
      const [line = 0, column = 0] = [frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0];
      return text.replace(`${filename}:${line}:${column}`, (place) => sourceOf(line, column) ?? place);
    });
    return [Error.prototype.toString.call(error), ...lines.map((line) => `    at ${line}`)].join('\n');
  };
}

/**
 * By tsx, as CommonJS: that saves the worker thread that hooks for ES modules need.
 * @returns {ModuleAt}
 */
function fromSources() {
  require('./tsx.cjs').withOwnCache(() => require('tsx/cjs'));
  return (path) => require(join(top, path));
}

module.exports = { load };
