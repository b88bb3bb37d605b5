/**
 * Compiles the executor into native/build: liblab.so, and the program `walker`.
 * Runs after `npm ci`, by `npm run build`, and before a step when the sources are
 * not those that it was built of. Users who may not write native/build get a build
 * of their own, in their cache.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  areAsTheyWere,
  giveToOwner,
  isSafeFile,
  keep,
  readKept,
  safePlaces,
  stampOf,
  writableFolder,
} from './kept.cjs';
import { loadProblem } from './load-problem.cjs';

const KIND = 'native/build';
const NAMES = ['liblab.so', 'walker'];
/** Beside them: what they were built of. */
const SOURCES = 'sources.json';
const native = dirname(fileURLToPath(import.meta.url));

/** @param {string} folder */
const namesIn = (folder) =>
  readdirSync(join(native, folder))
    .filter((name) => /\.(c|h|txt)$/.test(name))
    .map((name) => join(folder, name));

const sources = () => [...namesIn('.'), ...namesIn('walker')].sort();

/** The texts of all sources, as one word. */
function digest() {
  // Loaded late: it is seldom needed, and takes its time.
  const { createHash } = createRequire(import.meta.url)('node:crypto');
  const hash = createHash('sha256');
  for (const name of sources()) hash.update(`${name}\0`).update(readFileSync(join(native, name)));
  return hash.digest('hex');
}

/** What was built of the sources as they are: by their times, which are quick to see, or else by their texts. */
function findBuilt() {
  for (const place of safePlaces(KIND)) {
    const text = readKept(place, SOURCES);
    if (text === undefined || !NAMES.every((name) => isSafeFile(place, name))) continue;
    const { stamps, texts } = JSON.parse(String(text));
    if (areAsTheyWere(stamps)) return filesIn(place.folder);
    if (texts !== digest()) continue;
    keepSources(texts);
    return filesIn(place.folder);
  }
  return undefined;
}

/** @param {string} folder */
const filesIn = (folder) => ({ library: join(folder, 'liblab.so'), walker: join(folder, 'walker') });

/**
 * Where the library and the walker are, built if need be.
 * @throws Error with a line that says what is missing
 */
export function ensureBuilt() {
  return findBuilt() ?? build();
}

/** The compiler and its first words, as make(1) takes them from CC. An empty one is none. */
export function compilerWords(cc = process.env.CC ?? '') {
  const words = cc.split(/\s+/).filter(Boolean);
  return words.length > 0 ? words : ['cc'];
}

/**
 * Builds both, and returns where they are.
 * @throws Error with a line that says what is missing
 */
export function build() {
  const folder = writableFolder(KIND);
  if (folder === undefined) throw new Error(NO_PLACE);
  const texts = digest();
  // Compiled elsewhere and renamed: whoever is loading the library finds it whole.
  const scratch = mkdtempSync(join(folder, 'tmp-'));
  giveToOwner(scratch);
  try {
    const all = namesIn('.').filter((name) => name.endsWith('.c'));
    // Never unloaded: a thread of it may still be on its way out.
    compile(['-shared', '-pthread', '-Wl,-z,nodelete', ...all], join(scratch, 'liblab.so'));
    compile(['@walker/build.txt'], join(scratch, 'walker'));
    for (const name of NAMES) {
      giveToOwner(join(scratch, name));
      renameSync(join(scratch, name), join(folder, name));
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  keepSources(texts);
  return filesIn(folder);
}

/** @param {string} texts their digest */
function keepSources(texts) {
  // The folders, too: a new source changes its folder.
  const paths = ['native', 'native/walker', ...sources().map((name) => `native/${name}`)];
  const stamps = Object.fromEntries(paths.map((path) => [path, stampOf(path).stamp]));
  keep(KIND, [[SOURCES, JSON.stringify({ stamps, texts })]]);
}

const NO_PLACE =
  'The native library must be built, and you may write neither native/build nor a cache in your home. ' +
  'Run: export XDG_CACHE_HOME=$(mktemp -d)';

/**
 * @param {string[]} words
 * @param {string} output
 */
function compile(words, output) {
  const [compiler = '', ...first] = compilerWords();
  const { status, error, stderr } = spawnSync(compiler, [...first, '@compile_flags.txt', ...words, '-o', output], {
    cwd: native,
    encoding: 'utf8',
    // The compiler's own scratch files go where we can write.
    env: { ...process.env, TMPDIR: dirname(output) },
  });
  if (error && 'code' in error && error.code === 'ENOENT') {
    throw new Error(`No C compiler (${compiler}) was found, and the kit needs one: sudo apt-get install gcc libc6-dev`);
  }
  if (status === 0) return;
  const missingHeaders = /fatal error: .*No such file/.test(stderr);
  throw new Error(
    missingHeaders
      ? 'The C headers are missing: sudo apt-get install libc6-dev linux-libc-dev'
      : `The native library did not compile:\n${stderr || error}`,
  );
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (process.platform !== 'linux') {
    console.log('The native library is built inside the Linux VM; see README.md.');
  } else {
    try {
      build();
    } catch (error) {
      console.error(loadProblem(error) ?? (error instanceof Error ? error.message : error));
      process.exitCode = 1;
    }
  }
}
