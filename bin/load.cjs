/**
 * Loads modules of the kit, which are written in TypeScript: from a bundle of them, if it is as new as its sources;
 * else the bundle is made anew; and where that cannot be done, tsx loads the sources.
 */
const { createRequire } = require('node:module');
const { isAbsolute, join, relative } = require('node:path');
const { Script } = require('node:vm');
const { areAsTheyWere, readKept, safePlaces, top } = require('../native/kept.cjs');
const { loadProblem } = require('../native/load-problem.cjs');

const KIND = 'build';
const NEWLINE = 10;

/** @typedef {(path: string) => any} ModuleAt returns what a module exports, by its path in the kit */

/**
 * @param {string} name of the bundle
 * @param {readonly string[]} modules the paths that will be asked for; the first is loaded at once
 * @returns {Promise<ModuleAt>}
 */
async function load(name, modules) {
  try {
    return fresh(name) ?? (await made(name, modules));
  } catch (error) {
    // tsx needs the same packages. What is wrong with a source it says as it always did.
    if (loadProblem(error)) throw error;
    return fromSources();
  }
}

/**
 * From the bundle, if its sources are as they were.
 * @param {string} name
 */
function fresh(name) {
  for (const place of safePlaces(KIND)) {
    const content = readKept(place, `${name}.bundle`);
    if (content === undefined) continue;
    const start = content.indexOf(NEWLINE) + 1;
    const { node, length, inputs } = JSON.parse(content.toString('latin1', 0, start));
    if (node !== process.version || !areAsTheyWere(inputs)) continue;
    const text = content.toString('latin1', start, start + length);
    const readMap = () => String(readKept(place, `${name}.map`) ?? '');
    return open(text, readMap, content.subarray(start + length)).moduleAt;
  }
  return undefined;
}

/**
 * @param {string} name
 * @param {readonly string[]} modules
 */
async function made(name, modules) {
  const { bundle, keepBundle } = require('./bundle.cjs');
  try {
    const made = await bundle(modules);
    const { moduleAt, script } = open(made.text, () => made.map);
    for (const path of modules) moduleAt(path);
    keepBundle(name, made, script.createCachedData());
    return moduleAt;
  } finally {
    await require('esbuild').stop();
  }
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
