/**
 * Puts modules of the kit with all that they need into one file, from which they start in a third of the time.
 */
const { existsSync, readdirSync, readFileSync } = require('node:fs');
const { join, relative, sep } = require('node:path');
const { stampOf, top } = require('../native/kept.cjs');

/** These are loaded from node_modules. */
const APART = ['@koromix/*', 'enquirer', 'esbuild', 'tsx'];
/** What decides how the sources are read. */
const RULES = [
  'bin/bundle.cjs',
  'bin/load.cjs',
  'bin/source-names.cjs',
  'native/kept.cjs',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
/** Who has this module loads those of the exercises by their paths. */
const CATALOGUE = 'src/catalogue/exercises.ts';
const OF_EXERCISES = ['exercise.ts', 'wrong.ts'];

/** @typedef {Map<string, { stamp: string, settled: boolean }>} Stamps */

/**
 * A bundle: `text` exports a function for each of its modules, by its path in the kit.
 * @typedef {{ text: string, map: string, stamps: Stamps }} Bundle
 */

/**
 * In one file a path is still told from where its module lies.
 * @param {Stamps} stamps taken before a file is read
 * @returns {import('esbuild').Plugin}
 */
function asItLies(stamps) {
  return {
    name: 'as it lies',
    setup({ onLoad }) {
      onLoad({ filter: /\.(ts|mjs|cjs|js|json)$/ }, ({ path }) => {
        const name = relative(top, path);
        stamps.set(name, stampOf(name));
        const text = readFileSync(path, 'utf8');
        const isPackage = name.split(sep).includes('node_modules');
        const contents = isPackage ? text : withPlace(text, name);
        return { contents, loader: path.endsWith('.ts') ? 'ts' : path.endsWith('.json') ? 'json' : 'js' };
      });
    },
  };
}

/**
 * @param {string} text
 * @param {string} name
 */
function withPlace(text, name) {
  const place = `require('node:path').join(__dirname, ${JSON.stringify(name)})`;
  if (name.endsWith('.cjs')) return text.replaceAll('__dirname', `require('node:path').dirname(${place})`);
  // What is loaded late, as `createRequire(import.meta.url)('./x.ts')` or by a name for it, is in the bundle, too.
  const names = [...text.matchAll(/const (\w+) = createRequire\(import\.meta\.url\);/g)].map(([, word = '']) => word);
  return names
    .reduce((changed, word) => changed.replaceAll(new RegExp(`\\b${word}\\((?=')`, 'g'), 'require('), text)
    .replaceAll('createRequire(import.meta.url)', 'require')
    .replaceAll('import.meta.url', `require('node:url').pathToFileURL(${place}).href`);
}

/** The modules of the exercises, and the folders where a new one would appear. */
function exerciseFiles() {
  const folder = join(top, 'exercises');
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true }) : [];
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => `exercises/${name}`);
  const modules = folders.flatMap((path) => OF_EXERCISES.map((name) => `${path}/${name}`));
  return { folders: ['exercises', ...folders], modules: modules.filter((path) => existsSync(join(top, path))) };
}

/**
 * @param {readonly string[]} modules
 * @param {readonly string[]} folders which have a stamp, too
 * @returns {Promise<Bundle>}
 * @throws Error what esbuild says of a source that it cannot read
 */
async function bundle(modules, folders) {
  const before = stampsOf(folders);
  const made = await build(modules);
  if (!made.stamps.has(CATALOGUE)) return withStamps(made, before);
  const late = exerciseFiles();
  const lateStamps = stampsOf(late.folders);
  return withStamps(await build([...modules, ...late.modules]), [...before, ...lateStamps]);
}

/** @param {readonly string[]} folders */
function stampsOf(folders) {
  return folders.map((path) => /** @type {const} */ ([path, stampOf(path)]));
}

/**
 * @param {Bundle} bundle
 * @param {ReturnType<typeof stampsOf>} more
 * @returns {Bundle}
 */
function withStamps({ text, map, stamps }, more) {
  return { text, map, stamps: new Map([...stamps, ...more]) };
}

/**
 * @param {readonly string[]} modules
 * @returns {Promise<Bundle>}
 */
async function build(modules) {
  /** @type {Stamps} */
  const stamps = new Map(RULES.filter((path) => existsSync(join(top, path))).map((path) => [path, stampOf(path)]));
  const getters = modules.map((path) => `${JSON.stringify(path)}: () => require(${JSON.stringify(`./${path}`)})`);
  const { outputFiles } = await require('esbuild').build({
    stdin: { contents: `module.exports = { ${getters.join(', ')} };`, resolveDir: top, sourcefile: 'bundle' },
    absWorkingDir: top,
    outfile: join(top, 'build/bundle.cjs'),
    write: false,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    external: APART,
    sourcemap: 'external',
    sourcesContent: false,
    logLevel: 'silent',
    plugins: [asItLies(stamps)],
  });
  const [map = '', text = ''] = ['.map', '.cjs'].map((end) => outputFiles.find(({ path }) => path.endsWith(end))?.text);
  return { text: inAscii(text), map, stamps };
}

/**
 * A text in which a byte is a character, so that it can be kept and cut off by its length. esbuild leaves other letters
 * in comments alone.
 * @param {string} text
 */
function inAscii(text) {
  return text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

module.exports = { bundle };
