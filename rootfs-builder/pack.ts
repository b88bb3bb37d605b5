/** Writing an image to an archive: what makes an image, in an order that is always the same. */
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { giveToSudoUser } from '../src/command-line/sudo-user.ts';
import { fullDisk, ownWords } from './cause.ts';
import { removeAbandoned, unfinishedName } from './leftovers.ts';
import { asOwnRoot } from './namespaces.ts';
import { requireProgram } from './programs.ts';
import { run } from './run-program.ts';
import { compressorFor } from './tar/compression.ts';

/** Folders that go in empty: the kernel's, which a step fills, and caches. */
const EMPTY = ['proc', 'sys', 'dev', 'tmp', 'var/tmp', 'var/cache/apt', 'var/lib/apt/lists'];

const LIMIT_MS = 30 * 60_000;

export interface PackOptions {
  /** More to leave out: patterns of tar(1) that begin with `./`. */
  readonly without?: readonly string[];
  readonly signal?: AbortSignal;
}

/**
 * Writes the image in `directory` to `file`, compressed as its name says; a file
 * that is there is replaced once the new one is whole. Never follows a link.
 * Throws with the cause if something cannot be read or written.
 */
export async function pack(directory: string, file: string, { without = [], signal }: PackOptions = {}): Promise<void> {
  const compressor = compressorFor(file);
  if (compressor) requireProgram(compressor.replace(/ .*/, ''));
  if (!existsSync(dirname(file))) throw new Error(`There is no directory ${dirname(file)}.`);
  await removeAbandoned(dirname(file));
  const unfinished = join(dirname(file), unfinishedName(basename(file)));
  const output = openSync(unfinished, 'wx', 0o666);
  try {
    const command = [
      ...[...asOwnRoot(), 'tar', '--create', '--file=-', `--directory=${directory}`],
      ...['--sort=name', '--format=gnu', '--numeric-owner', '--one-file-system', '--sparse', ...ownersIn(directory)],
      ...['--anchored', '--wildcards', '--no-wildcards-match-slash'],
      ...[...EMPTY.map((folder) => `./${folder}/*`), ...without].map((pattern) => `--exclude=${pattern}`),
      ...(compressor ? [`--use-compress-program=${compressor}`] : []),
      '.',
    ];
    const ended = await run(command, { output, limitMs: LIMIT_MS, silenceMs: LIMIT_MS, ...(signal && { signal }) });
    if (ended.status !== 0) throw new Error(fullDisk(dirname(file), ended.lines) ?? ownWords('tar', ended));
    fsyncSync(output);
    giveToSudoUser(unfinished);
    renameSync(unfinished, file);
  } finally {
    closeSync(output);
    rmSync(unfinished, { force: true });
  }
}

// In a user's image, or one made under sudo, all belongs to the user who stands for root.
function ownersIn(directory: string): string[] {
  return statSync(directory).uid === 0 ? [] : ['--owner=0', '--group=0'];
}
