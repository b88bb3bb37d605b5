/** Loads a submission, which is TypeScript: what it imports of the kit is what the kit itself has loaded. */
const Module = require('node:module');
const { readFileSync } = require('node:fs');
const { dirname, relative, resolve } = require('node:path');
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

/** @param {string} file */
function translate(file) {
  const { code, map } = require('esbuild').transformSync(readFileSync(file, 'utf8'), {
    loader: 'ts',
    format: 'cjs',
    target: 'node20',
    sourcefile: file,
    sourcemap: 'external',
    sourcesContent: false,
    tsconfigRaw: { compilerOptions: { verbatimModuleSyntax: true } },
  });
  nameSourcesOf(file, dirname(file), () => map);
  return code;
}

module.exports = { offer };
