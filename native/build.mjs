/**
 * Compiles the executor into native/build/liblab.so. Runs after `npm ci`, by
 * `npm run build`, and before a step when a source is newer than the library.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';

const native = dirname(fileURLToPath(import.meta.url));
export const library = join(native, 'build', 'liblab.so');

const inputs = () => readdirSync(native).filter((name) => /\.(c|h|txt)$/.test(name));

/** Whether there is a library that is as new as its sources. */
export function isFresh() {
  const built = statSync(library, { throwIfNoEntry: false });
  return built !== undefined && inputs().every((name) => statSync(join(native, name)).mtimeMs <= built.mtimeMs);
}

/** Builds the library; gives undefined, or one line that says what is missing. */
export function build(compiler = process.env.CC ?? 'cc') {
  // Compiled elsewhere and renamed: whoever is loading the library finds it whole.
  mkdirSync(dirname(library), { recursive: true });
  const scratch = mkdtempSync(join(dirname(library), 'tmp-'));
  try {
    const sources = inputs().filter((name) => name.endsWith('.c'));
    const output = join(scratch, 'liblab.so');
    const { status, error, stderr } = spawnSync(compiler, ['@compile_flags.txt', '-shared', '-o', output, ...sources], {
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
    renameSync(output, library);
    return undefined;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
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
