/**
 * Which files are submissions of which exercises. Their names say it: `4a.ts`,
 * `4a-anything.ts`, in whatever letters. All else in a folder is left alone: no
 * link is followed, nothing is loaded.
 */
import type { Dirent, Stats } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import type { Entry } from '../catalogue/exercises.ts';
import { entriesOf, type FileEntry, withEscapedBytes } from './file-names.ts';
import { harmlessLine } from './harmless.ts';
import { readSubmission, type Submission } from './submission.ts';

const NAME = /^(\d+[a-z])(?:[-_ (].*)?\.ts$/is;
/** What file managers leave in folders and archives, and nobody hands in. */
const JUNK =
  /^(?:__MACOSX|\.DS_Store|\._.*|\.Trash.*|Icon\r|(?:eh)?thumbs\.db|desktop\.ini|\$RECYCLE\.BIN|System Volume Information|\.directory|@eaDir|lost\+found)$/is;
const ARCHIVE = /\.(?:zip|tar|tgz|tbz2?|txz|7z|rar|gz|bz2|xz|zst)$/is;
/** Folders that programs fill. */
const FILLED = /^(?:node_modules|\..*)$/s;
const MOST_LEVELS = 8;
const MOST_FILES = 5000;
const SHOWN = 10;
const NAME_LENGTH = 80;

export interface Found {
  readonly submissions: readonly Submission[];
  /** What was left alone, and why: a line each. */
  readonly notes: readonly string[];
}

/** Something that was left alone. */
export interface Left {
  /** Its path below the folder. */
  readonly name: string;
  readonly why: string;
}

export interface Search {
  /** Those without which the work is not complete: where there is no file, that is what is said. */
  readonly required?: readonly Entry[];
  readonly source?: string;
  /** Whether the folders below are searched, too. */
  readonly deep?: boolean;
}

export function exerciseOf(path: string, exercises: readonly Entry[]): Entry | undefined {
  const id = NAME.exec(basename(path))?.[1]?.toLowerCase();
  return exercises.find((exercise) => exercise.id === id);
}

/** The submissions in a folder. */
export function submissionsIn(directory: string, exercises: readonly Entry[], search: Search = {}): Found {
  const { submissions, left } = searchIn(directory, exercises, search);
  const notes = left.map(({ name, why }) => `${shownPath(name)}: left alone, ${why}`);
  const more = notes.length > SHOWN ? [`… and ${notes.length - SHOWN} more`] : [];
  return { submissions, notes: [...notes.slice(0, SHOWN), ...more] };
}

/** The same, and all that was left alone. */
export function searchIn(
  directory: string,
  exercises: readonly Entry[],
  { required = [], source, deep = false }: Search,
): { readonly submissions: readonly Submission[]; readonly left: readonly Left[] } {
  const { files, left } = deep ? filesBelow(directory) : filesIn(directory, '');
  const candidates = new Map<Entry, string[]>();
  for (const { path, kind } of files) {
    const exercise = exerciseOf(path, exercises);
    if (exercise) candidates.set(exercise, [...(candidates.get(exercise) ?? []), path]);
    else left.push({ name: path, why: kind.isFile() && NAME.test(basename(path)) ? NOT_GRADED : whyNot(kind, path) });
  }
  const wanted = exercises.filter((exercise) => candidates.has(exercise) || required.includes(exercise));
  const submissions = wanted.map((exercise) => {
    const paths = candidates.get(exercise) ?? [];
    const one = choose(directory, exercise, paths);
    if (one !== undefined) {
      const why = `because ${shownPath(one)} is taken for ${exercise.id}`;
      left.push(...paths.filter((path) => path !== one).map((name) => ({ name, why })));
    }
    return {
      exercise,
      ...(source !== undefined && { source }),
      ...(one !== undefined && { path: join(directory, one) }),
      ...(one === undefined && paths.length > 0 && { problem: several(exercise, paths) }),
    };
  });
  return { submissions, left: left.sort((a, b) => (a.name < b.name ? -1 : 1)) };
}

interface Files {
  readonly files: { readonly path: string; readonly kind: Dirent<Buffer> }[];
  readonly left: Left[];
  readonly folders: string[];
}

/** Files by their paths, those that are nearest first; and what is not searched. */
function filesBelow(top: string): Files {
  const found: Files = { files: [], left: [], folders: [''] };
  for (let level = 0, folders = found.folders; folders.length > 0; level++) {
    const below = folders.map((folder) => {
      try {
        return filesIn(top, folder);
      } catch (error) {
        if (level === 0) throw error;
        const why = `because it cannot be read: ${(error as NodeJS.ErrnoException).code}`;
        return { files: [], left: [{ name: folder, why }], folders: [] };
      }
    });
    found.files.push(...below.flatMap(({ files }) => files));
    found.left.push(...below.flatMap(({ left }) => left).filter(({ why }) => why !== FOLDER));
    folders = below.flatMap((one) => one.folders);
    const why =
      found.files.length > MOST_FILES
        ? `because there are more than ${MOST_FILES} files`
        : level + 1 >= MOST_LEVELS
          ? `because it is ${MOST_LEVELS} folders deep`
          : undefined;
    if (why === undefined) continue;
    found.left.push(...folders.map((name) => ({ name, why })));
    folders = [];
  }
  return found;
}

const FOLDER = 'because it is a folder';
export const OF_PROGRAMS = 'because it is a folder that programs fill';
export const NOT_GRADED = 'because it is for no exercise that is graded';
export const NO_EXERCISE = 'because its name is not that of an exercise, such as 1a.ts';
export const OF_FILE_MANAGERS = 'because a file manager made it';

/** What is in one folder below the top. */
function filesIn(top: string, folder: string): Files {
  const found: Files = { files: [], left: [], folders: [] };
  for (const { name, kind } of entriesOf(join(top, folder))) {
    const path = join(folder, name);
    if (JUNK.test(name)) found.left.push({ name: path, why: OF_FILE_MANAGERS });
    else if (!kind.isDirectory()) found.files.push({ path, kind });
    else if (FILLED.test(name)) found.left.push({ name: path, why: OF_PROGRAMS });
    else {
      found.left.push({ name: path, why: FOLDER });
      found.folders.push(path);
    }
  }
  return found;
}

/**
 * Of several files the nearest counts; beside each other the name that the kit
 * gives comes first, then the bare id, as it is written before other letters.
 * Files that are the same are one. Otherwise it cannot be known.
 */
function choose(top: string, { stem, id }: Entry, paths: readonly string[]): string | undefined {
  const levels = (path: string) => path.split('/').length;
  const nearest = paths.filter((path) => levels(path) === Math.min(...paths.map(levels)));
  const isBeside = new Set(nearest.map((path) => dirname(path))).size === 1;
  const is = (name: string) => (path: string) => basename(path) === name;
  const isLike = (name: string) => (path: string) => basename(path).toLowerCase() === name.toLowerCase();
  const ranks = [is(`${stem}.ts`), is(`${id}.ts`), isLike(`${stem}.ts`), isLike(`${id}.ts`)];
  const best = isBeside ? ranks.map((rank) => nearest.filter(rank)).find((found) => found.length > 0) : undefined;
  const equals = best ?? nearest;
  return equals.length === 1 || areSame(equals.map((path) => join(top, path))) ? equals[0] : undefined;
}

function areSame(paths: readonly string[]): boolean {
  try {
    return new Set(paths.map(readSubmission)).size === 1;
  } catch {
    return false;
  }
}

function several({ stem }: Entry, paths: readonly string[]): string {
  const more = paths.length > SHOWN ? ` and ${paths.length - SHOWN} more` : '';
  const list = paths.slice(0, SHOWN).map(shownPath).join(', ');
  return `Several files could be it: ${list}${more}. Keep one, or name it ${stem}.ts.`;
}

export function shownPath(path: string): string {
  return harmlessLine(withEscapedBytes(path), NAME_LENGTH);
}

/** Why a name is nobody's; undefined if it can be somebody's. */
export function whyNobodys(name: string): string | undefined {
  if (JUNK.test(name)) return OF_FILE_MANAGERS;
  return FILLED.test(name) ? OF_PROGRAMS : undefined;
}

export function whyNot(entry: FileEntry['kind'] | Dirent | Stats, name = ''): string {
  if (entry.isDirectory()) return FOLDER;
  if (entry.isSymbolicLink()) return 'because it is a symbolic link';
  if (!entry.isFile()) return 'because it is no regular file';
  return ARCHIVE.test(name) ? 'because it is an archive: unpack it' : NO_EXERCISE;
}
