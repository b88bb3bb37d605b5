/** The kit, as it is carried into the machine: a copy, so that nothing there can harm the original. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cached, keyOf } from './cache.ts';
import { run } from './programs.ts';

const top = join(dirname(fileURLToPath(import.meta.url)), '../..');
const DISK_SIZE = '1G';
/** The machine's learner. */
const OWNER = '1000';

/** What is not carried along: node_modules has a disk of its own, and images are built anew. */
const LEFT_OUT = ['./node_modules', './build', './rootfs', './.git', './.vagrant'];

/** The kit's files, as a tar archive on the child's stdout. */
export function packKit(): ChildProcess {
  const excludes = LEFT_OUT.map((path) => `--exclude=${path}`);
  const owner = [`--owner=${OWNER}`, `--group=${OWNER}`, '--numeric-owner'];
  // tar gives 1 when a file changes while it is read, which an editor may do at any time.
  return spawn('tar', ['--create', ...excludes, ...owner, '--directory', top, '.'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
}

/** node_modules changes seldom and is large: a disk of its own, built when npm has installed something else. */
export function ensureModulesDisk(): string {
  const modules = join(top, 'node_modules');
  const lock = join(modules, '.package-lock.json');
  if (!existsSync(lock)) throw new Error('node_modules is not as npm leaves it: npm ci');
  const directory = cached(`modules-${keyOf(top, readFileSync(lock, 'utf8'))}`, (unfinished) => {
    const disk = join(unfinished, 'disk');
    run(['mke2fs', '-q', '-t', 'ext4', '-d', modules, disk, DISK_SIZE], { timeoutMs: 300_000 });
  });
  return join(directory, 'disk');
}
