/** Finding a program as execvp(3) does, but in a root directory that may be an image. */
import { constants, lstatSync, readlinkSync, type Stats } from 'node:fs';
import { posix } from 'node:path';

const MAX_LINKS = 40;

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
 * Gives the path, as seen from inside `root`, at which `word` is found.
 * @throws ProgramNotFound
 */
export function findProgram(word: string, root: string, path: string): string {
  const from = root === '/' ? process.cwd() : '/';
  const where = root === '/' ? '' : ` in ${root}`;
  const candidates = word.includes('/')
    ? [posix.resolve(from, word)]
    : path.split(':').map((directory) => posix.resolve(from, directory, word));
  const present = candidates.filter((candidate) => statInside(root, candidate)?.isFile());
  const found = present.find((candidate) => ((statInside(root, candidate)?.mode ?? 0) & constants.S_IXUSR) !== 0);
  if (found) return found;
  if (present[0]) throw new ProgramNotFound(`${present[0]}${where} is not executable.`, 126);
  throw new ProgramNotFound(
    word.includes('/') ? `There is no program ${word}${where}.` : `${word}: command not found${where} (PATH=${path}).`,
    127,
  );
}

/** stat(2) as if `root` were the root directory: links never lead out of it. */
function statInside(root: string, path: string): Stats | undefined {
  let rest = path.split('/').filter(Boolean);
  let at: string[] = [];
  let links = 0;
  while (rest.length > 0) {
    const [name = '', ...later] = rest;
    rest = later;
    if (name === '.') continue;
    if (name === '..') {
      at = at.slice(0, -1);
      continue;
    }
    const stats = lstat(posix.join(root, ...at, name));
    if (!stats) return undefined;
    if (!stats.isSymbolicLink()) {
      at = [...at, name];
      continue;
    }
    links += 1;
    if (links > MAX_LINKS) return undefined;
    const target = readlinkSync(posix.join(root, ...at, name));
    if (target.startsWith('/')) at = [];
    rest = [...target.split('/').filter(Boolean), ...rest];
  }
  return lstat(posix.join(root, ...at));
}

function lstat(path: string): Stats | undefined {
  try {
    return lstatSync(path);
  } catch {
    return undefined;
  }
}
