/**
 * The learner's files: `workspace/4a-private-mounts.ts`, which git ignores.
 * Nothing in it is ever overwritten.
 */
import {
  accessSync,
  constants,
  existsSync,
  lstatSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join, relative } from 'node:path';
import { type Entry, textOf, top, workspaceDirectory } from '../catalogue/exercises.ts';
import { writingAdvice } from '../command-line/folders.ts';
import { giveToSudoUser, makeDirectory } from '../command-line/sudo-user.ts';

/** For editors: `#src/...` is found by the kit's package.json. */
const TSCONFIG = `{
  "extends": "../tsconfig.json",
  "compilerOptions": { "noUnusedLocals": false, "noUnusedParameters": false },
  "include": ["."]
}
`;

export class Workspace {
  readonly directory: string;

  constructor(directory = workspaceDirectory()) {
    this.directory = directory;
  }

  fileOf({ stem }: Entry): string {
    return join(this.directory, `${stem}.ts`);
  }

  /** The file, as a learner types it in the kit's folder. */
  shown(entry: Entry): string {
    return shown(this.fileOf(entry));
  }

  /** Puts the starter there if there is no file. Returns whether it did. @throws Error that says what to do */
  prepare(entry: Entry): boolean {
    const starter = textOf(entry, 'starter.ts');
    try {
      makeDirectory(this.directory);
      writeNew(join(this.directory, 'tsconfig.json'), TSCONFIG);
      const isNew = writeNew(this.fileOf(entry), starter);
      accessSync(this.fileOf(entry), constants.W_OK);
      return isNew;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      throw new Error(`${this.shown(entry)} cannot be written: ${code}. ${writingAdvice(code)}`);
    }
  }

  /** Puts the starter there anew. Returns the name of the copy of what was there, if that was anything else. */
  reset(entry: Entry): string | undefined {
    const copy = this.#setAside(entry);
    this.prepare(entry);
    return copy && shown(copy);
  }

  /** When the file was last saved, in milliseconds; undefined without one. */
  savedAt(entry: Entry): number | undefined {
    return statSync(this.fileOf(entry), { throwIfNoEntry: false })?.mtimeMs;
  }

  #isStarter(entry: Entry): boolean {
    return existsSync(this.fileOf(entry)) && readFileSync(this.fileOf(entry), 'utf8') === textOf(entry, 'starter.ts');
  }

  #setAside(entry: Entry): string | undefined {
    if (!isThere(this.fileOf(entry)) || this.#isStarter(entry)) return undefined;
    for (let number = 1; ; number++) {
      const copy = join(this.directory, `${entry.stem}.${number}.ts`);
      if (isThere(copy)) continue;
      renameSync(this.fileOf(entry), copy);
      return copy;
    }
  }
}

function shown(path: string): string {
  const short = relative(top, path);
  return short.startsWith('..') ? path : short;
}

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Writes a file if there is none. Returns whether it did. */
function writeNew(path: string, text: string): boolean {
  try {
    writeFileSync(path, text, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  giveToSudoUser(path);
  return true;
}
