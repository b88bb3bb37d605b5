/** A temporary folder with the compiled C programs, and its removal. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compilerWords } from '../native/build.mjs';
import { isOver, newOwnerName } from '../src/leftovers/owner.ts';

/** What is installed nowhere else: the C sources lie beside this file. */
const bench = dirname(fileURLToPath(import.meta.url));

export const kit = dirname(bench);

export interface Workspace {
  readonly directory: string;
  /** The name that everything made for this run bears. */
  readonly owner: string;
  /** The program that starts others: launch.c. */
  readonly launch: string;
  /** The C program that makes the same calls as the kit. */
  readonly reference: string;
  /**
   * Holds a copy of the image: crun and runc go to it as their container's
   * root, to whom the kit's own folder of images is closed.
   */
  readonly images: string;
  /** Aborts when the measuring is to stop. */
  readonly signal: AbortSignal;
  remove(): void;
}

/** Compiles; also removes the folders of runs that were killed. */
export function openWorkspace(signal: AbortSignal): Workspace {
  for (const name of readdirSync(tmpdir()).filter(isOver)) {
    rmSync(join(tmpdir(), name), { recursive: true, force: true });
  }
  const owner = newOwnerName();
  const directory = join(tmpdir(), owner);
  const images = join(directory, 'images');
  mkdirSync(images, { recursive: true });
  for (const way of [directory, images]) chmodSync(way, 0o711);
  const remove = () => rmSync(directory, { recursive: true, force: true });
  try {
    const sources = readdirSync(join(bench, 'reference')).filter((name) => name.endsWith('.c'));
    const reference = compile(
      join(directory, 'reference'),
      sources.map((name) => join('reference', name)),
    );
    const launch = compile(join(directory, 'launch'), ['launch.c']);
    return { directory, owner, images, signal, launch, reference, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function compile(output: string, sources: readonly string[]): string {
  const [compiler = '', ...words] = compilerWords();
  const { status, error, stderr } = spawnSync(
    compiler,
    [...words, '-O2', '-Wall', '-Wextra', '-o', output, ...sources],
    {
      cwd: bench,
      encoding: 'utf8',
    },
  );
  if (status !== 0) throw new Error(`${basename(output)} did not compile: ${error?.message ?? stderr}`);
  return output;
}
