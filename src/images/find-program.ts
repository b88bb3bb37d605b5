/** Finding a program as execvp(3) does, but in a root directory that may be an image. */
import { constants } from 'node:fs';
import { posix } from 'node:path';
import { lookInside } from './look-inside.ts';

export class ProgramNotFound extends Error {
  override readonly name = 'ProgramNotFound';
  /** As a shell says it: 127 for not found, 126 for found but not executable. */
  readonly status: 126 | 127;

  constructor(message: string, status: 126 | 127) {
    super(message);
    this.status = status;
  }
}

/**
 * Gives the path, as seen from inside `root`, at which `word` is found; `over`
 * are layers that lie over it, the topmost first.
 * @throws ProgramNotFound
 */
export function findProgram(word: string, root: string, path: string, over: readonly string[] = []): string {
  const layers = [...over, root];
  const from = root === '/' ? process.cwd() : '/';
  const where = root === '/' ? '' : ` in ${root}`;
  const candidates = word.includes('/')
    ? [posix.resolve(from, word)]
    : path.split(':').map((directory) => posix.resolve(from, directory, word));
  const present = candidates.filter((candidate) => lookInside(layers, candidate)?.stats.isFile());
  const found = present.find(
    (candidate) => ((lookInside(layers, candidate)?.stats.mode ?? 0) & constants.S_IXUSR) !== 0,
  );
  if (found) return found;
  if (present[0]) throw new ProgramNotFound(`${present[0]}${where} is not executable.`, 126);
  throw new ProgramNotFound(
    word.includes('/') ? `There is no program ${word}${where}.` : `${word}: command not found${where} (PATH=${path}).`,
    127,
  );
}
