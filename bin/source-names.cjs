/** Makes stack traces name the sources of what was translated. Node.js could do so, too, but would read all maps at every start. */
const { SourceMap } = require('node:module');
const { resolve } = require('node:path');

const NO_MAP = '{"version":3,"sources":[],"mappings":""}';

/** @type {Map<string, { folder: string, readMap: () => string, map?: SourceMap }>} */
const translated = new Map();

/**
 * @param {string} file by the name with which it was compiled
 * @param {string} folder from which its source map names the sources
 * @param {() => string} readMap gives that map; empty if it is not to be had
 */
function nameSourcesOf(file, folder, readMap) {
  translated.set(file, { folder, readMap });
  Error.prepareStackTrace = (error, frames) =>
    [Error.prototype.toString.call(error), ...frames.map((frame) => `    at ${lineOf(frame)}`)].join('\n');
}

/** @param {NodeJS.CallSite} frame */
function lineOf(frame) {
  const text = String(frame);
  const file = frame.getFileName() ?? '';
  const found = translated.get(file);
  if (found === undefined) return text;
  const [line = 0, column = 0] = [frame.getLineNumber() ?? 0, frame.getColumnNumber() ?? 0];
  found.map ??= new SourceMap(JSON.parse(found.readMap() || NO_MAP));
  const entry = found.map.findEntry(line - 1, column - 1);
  if (!('originalSource' in entry)) return text;
  const source = resolve(found.folder, entry.originalSource);
  return text.replace(`${file}:${line}:${column}`, `${source}:${entry.originalLine + 1}:${entry.originalColumn + 1}`);
}

module.exports = { nameSourcesOf };
