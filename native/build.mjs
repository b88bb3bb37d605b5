/**
 * Compiles the executor into native/build: liblab.so, and the program `walker`.
 * Runs after `npm ci`, by `npm run build`, and before a step when a source is
 * newer than what was built of it.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const native = dirname(fileURLToPath(import.meta.url));
export const library = join(native, 'build', 'liblab.so');
export const walker = join(native, 'build', 'walker');

/** @param {string} folder */
const namesIn = (folder) =>
  readdirSync(join(native, folder))
    .filter((name) => /\.(c|h|txt)$/.test(name))
    .map((name) => join(folder, name));

/** Whether there are a library and a walker that are as new as their sources. */
export function isFresh() {
  const built = [library, walker].map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0);
  const sources = [...namesIn('.'), ...namesIn('walker')];
  return sources.every((name) => statSync(join(native, name)).mtimeMs <= Math.min(...built));
}

/** Builds both; gives undefined, or one line that says what is missing. */
export function build(compiler = process.env.CC ?? 'cc') {
  // Compiled elsewhere and renamed: whoever is loading the library finds it whole.
  mkdirSync(dirname(library), { recursive: true });
  const scratch = mkdtempSync(join(dirname(library), 'tmp-'));
  try {
    const sources = namesIn('.').filter((name) => name.endsWith('.c'));
    return (
      compile(compiler, ['-shared', ...sources], join(scratch, 'liblab.so'), library) ??
      compile(compiler, ['@walker/build.txt'], join(scratch, 'walker'), walker)
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/**
 * @param {string} compiler
 * @param {string[]} words
 * @param {string} output where it is compiled to
 * @param {string} path where it goes then
 */
function compile(compiler, words, output, path) {
  const { status, error, stderr } = spawnSync(compiler, ['@compile_flags.txt', ...words, '-o', output], {
    cwd: native,
    encoding: 'utf8',
  });
  if (error && 'code' in error && error.code === 'ENOENT') {
    return `No C compiler (${compiler}) was found, and the kit needs one: sudo apt-get install gcc libc6-dev`;
  }
  if (status !== 0) {
    const missingHeaders = /fatal error: .*No such file/.test(stderr);
    return missingHeaders
      ? 'The C headers are missing: sudo apt-get install libc6-dev linux-libc-dev'
      : `The native library did not compile:\n${stderr || error}`;
  }
  renameSync(output, path);
  return undefined;
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  if (process.platform !== 'linux') {
    console.log('The native library is built inside the Linux VM; see README.md.');
  } else {
    const problem = build();
    if (problem) {
      console.error(problem);
      process.exitCode = 1;
    }
  }
}
