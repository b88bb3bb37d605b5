/** Loads a submission, which is TypeScript: what it imports of the kit is what the kit itself has loaded. */
const { spawnSync } = require('node:child_process');
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const { dirname, join, relative, resolve } = require('node:path');
const { top } = require('../native/kept.cjs');
const { nameSourcesOf } = require('./source-names.cjs');

/** @param {import('./load.cjs').ModuleAt} moduleAt of the bundle */
function offer(moduleAt) {
  const load = Module._load;
  Module._load = function loadModule(request, parent, ...rest) {
    const path = pathInKit(request, parent?.filename);
    return (path && moduleAt(path)) ?? load.call(this, request, parent, ...rest);
  };
  Module._extensions['.ts'] = (module, file) => module._compile(translate(file), file);
}

/**
 * The path in the kit of what is imported, as `#src/lab/lab.ts` or from where a file lies.
 * @param {string} request
 * @param {string} [importer]
 */
function pathInKit(request, importer) {
  if (request.startsWith('#src/')) return request.slice(1);
  if (importer && /^\.\.?\//.test(request)) return relative(top, resolve(dirname(importer), request));
  return undefined;
}

/** More than any translation has: a submission has 256 KiB at most. */
const MOST_BYTES = 2 ** 24;
const RULES = { compilerOptions: { verbatimModuleSyntax: true } };
const HOW = { loader: 'ts', format: 'cjs', target: 'node20', sourcesContent: false };

/** @param {string} file */
function translate(file) {
  const text = readFileSync(file, 'utf8');
  const { code, readMap } = translatedByProgram(text, file) ?? translatedByPackage(text, file);
  nameSourcesOf(file, dirname(file), readMap);
  return code;
}

/** What comes before the map in a text that ends with one. */
const INLINE = '//# sourceMappingURL=data:application/json;base64,';

/**
 * By esbuild's program: its package would start a thread with a V8 of its own for it, which takes six times as long.
 * Undefined where that does not succeed.
 * @param {string} text
 * @param {string} file
 */
function translatedByProgram(text, file) {
  const words = [
    ...Object.entries(HOW).map(([name, value]) => `--${dashed(name)}=${value}`),
    `--sourcefile=${file}`,
    `--tsconfig-raw=${JSON.stringify(RULES)}`,
    '--sourcemap=inline',
  ];
  const { status, stdout } = spawnSync(program(), words, { input: text, encoding: 'utf8', maxBuffer: MOST_BYTES });
  const at = stdout?.lastIndexOf(INLINE) ?? -1;
  if (status !== 0 || at < 0) return undefined;
  const readMap = () => Buffer.from(stdout.slice(at + INLINE.length), 'base64').toString();
  return { code: stdout.slice(0, at), readMap };
}

/** @param {string} name */
const dashed = (name) => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Where esbuild's program for this machine is. */
function program() {
  return join(top, `node_modules/@esbuild/linux-${process.arch}/bin/esbuild`);
}

/**
 * By its package, which says what it cannot read as an error.
 * @param {string} text
 * @param {string} file
 */
function translatedByPackage(text, file) {
  const how = { ...HOW, sourcefile: file, sourcemap: 'external', tsconfigRaw: RULES };
  const { code, map } = require('esbuild').transformSync(text, how);
  return { code, readMap: () => map };
}

module.exports = { offer };
