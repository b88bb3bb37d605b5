/** Who has handed in what: a folder per student, or a file per student. */
import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Entry } from '../../catalogue/exercises.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import {
  type Left,
  NO_EXERCISE,
  NOT_GRADED,
  OF_FILE_MANAGERS,
  searchIn,
  shownPath,
  whyNobodys,
  whyNot,
} from '../discovery.ts';
import { entriesOf, type FileEntry } from '../file-names.ts';
import { harmlessLine } from '../harmless.ts';
import type { Submission } from '../submission.ts';
import { type StudentName, studentNames } from './student-names.ts';

export interface Student extends StudentName {
  /** The name of the folder, or of the file without `.ts`: unique, and anything. */
  readonly name: string;
  /** One for each exercise of the class. */
  readonly submissions: readonly Submission[];
  /** What of theirs was left alone, and what is to be known of the name, a line each. */
  readonly notes: readonly string[];
}

export interface Class {
  readonly exercises: readonly Entry[];
  readonly students: readonly Student[];
  /** What is to be known of the class, and of each student, a line each. */
  readonly notes: readonly string[];
  /** Those of the class. */
  readonly ofAll: readonly string[];
}

const SHOWN = 10;
/** Why something is left alone that is the same with many students. */
const TOLD_ONCE: readonly string[] = [OF_FILE_MANAGERS, NOT_GRADED];
/** A class can be kept by git. */
const OWN = /^\.git/;
const LAYOUTS = 'a class is a folder per student with files such as 1a.ts, or files student-01.ts with --only 1a.';

/**
 * A folder that holds folders has one per student. One that holds none has a
 * file per student, and then the one exercise must be named. The exercises of a
 * class are those asked for, or those that anybody has handed in.
 * @throws UsageError if it is neither
 */
export function readClass(directory: string, exercises: readonly Entry[], only?: readonly string[]): Class {
  const stats = statSync(directory, { throwIfNoEntry: false });
  if (!stats?.isDirectory()) {
    const advice = stats ? ' It is a file; an archive must be unpacked first.' : '';
    throw new UsageError(`There is no folder ${harmlessLine(directory, 200)}.${advice}`);
  }
  const all = entriesOf(directory).filter(({ name }) => !OWN.test(name));
  const [exercise] = only?.length === 1 ? exercises : [];
  const perFolder =
    all.some(isStudentsFolder) && !(exercise && all.some(isStudentsFile) && isNothingIn(directory, all, exercise));
  const isStudent = perFolder ? isStudentsFolder : isStudentsFile;
  const own = all.filter(isStudent).map(({ name }) => name);
  const left = all
    .filter((entry) => !isStudent(entry))
    .map((entry) => ({ name: entry.name, why: whyAlone(entry, perFolder) }));
  if (own.length === 0) {
    const found = linesOf(left).map((line) => `\n${line}`);
    throw new UsageError(`${harmlessLine(directory, 200)} holds no submissions: ${LAYOUTS}${found.join('')}`);
  }
  if (perFolder) return ofFolders(directory, own, left, only ? { required: exercises } : { found: exercises });
  if (exercise) return ofFiles(directory, own, left, exercise);
  throw new UsageError(
    `${harmlessLine(directory, 200)} holds no folders. For a file per student add --only ID: ${LAYOUTS}`,
  );
}

function isStudentsFolder({ name, kind }: FileEntry): boolean {
  return kind.isDirectory() && whyNobodys(name) === undefined;
}

function isStudentsFile({ name, kind }: FileEntry): boolean {
  return !kind.isDirectory() && !name.startsWith('.') && /.\.ts$/is.test(name);
}

/** Whether no folder has a file for an exercise: then the files beside it are the students'. */
function isNothingIn(directory: string, all: readonly FileEntry[], exercise: Entry): boolean {
  const folders = all.filter(isStudentsFolder).map(({ name }) => join(directory, name));
  return handedIn(folders, [exercise]).length === 0;
}

function whyAlone({ name, kind }: FileEntry, perFolder: boolean): string {
  const nobodys = whyNobodys(name);
  if (nobodys === OF_FILE_MANAGERS) return nobodys;
  if (name.startsWith('.')) return 'because its name begins with a dot';
  if (nobodys !== undefined && kind.isDirectory()) return nobodys;
  const why = whyNot(kind, name);
  if (why !== NO_EXERCISE) return why;
  return perFolder ? 'because it is no folder' : 'because its name does not end in .ts';
}

function ofFiles(directory: string, own: readonly string[], left: readonly Left[], exercise: Entry): Class {
  // Two names can differ in the letters of `.ts`: then they stay whole.
  const names = own.map((name) => (name.endsWith('.ts') ? name.slice(0, -3) : name));
  const students = studentNames(names).map((name, at) => ({
    ...name,
    name: names[at] ?? '',
    submissions: [{ exercise, path: join(directory, own[at] ?? '') }],
    notes: aboutName(name),
  }));
  return withNotes([exercise], students, linesOf(left));
}

function ofFolders(
  directory: string,
  own: readonly string[],
  left: readonly Left[],
  wanted: { readonly required: readonly Entry[] } | { readonly found: readonly Entry[] },
): Class {
  const paths = own.map((name) => join(directory, name));
  const exercises = 'required' in wanted ? wanted.required : handedIn(paths, wanted.found);
  const searched = paths.map((path) => inFolder(path, exercises));
  const students = studentNames(own).map((name, at) => {
    const { submissions, left: below } = searched[at] ?? { submissions: [], left: [] };
    const lines = linesOf(below.filter(({ why }) => !TOLD_ONCE.includes(why)));
    return {
      ...name,
      name: own[at] ?? '',
      submissions,
      notes: [...lines.map((line) => `${name.shown}: ${line}`), ...aboutName(name)],
    };
  });
  const once = searched.flatMap(({ left: below }, at) =>
    below
      .filter(({ why }) => TOLD_ONCE.includes(why))
      .map(({ name, why }) => ({ name: why === OF_FILE_MANAGERS ? basename(name) : join(own[at] ?? '', name), why })),
  );
  return withNotes(exercises, students, [
    ...linesOf([...left, ...once]),
    ...aboutLayout(directory, students, exercises),
  ]);
}

function withNotes(exercises: readonly Entry[], students: readonly Student[], ofAll: readonly string[]): Class {
  return { exercises, students, notes: [...ofAll, ...students.flatMap(({ notes }) => notes)], ofAll };
}

function handedIn(folders: readonly string[], exercises: readonly Entry[]): Entry[] {
  const found = new Set(
    folders.flatMap((folder) => inFolder(folder, exercises, false).submissions).map(({ exercise }) => exercise),
  );
  return exercises.filter((exercise) => found.has(exercise));
}

function inFolder(folder: string, exercises: readonly Entry[], all = true): ReturnType<typeof searchIn> {
  try {
    return searchIn(folder, exercises, { required: all ? exercises : [], deep: true });
  } catch (error) {
    const problem = `The folder cannot be read: ${(error as NodeJS.ErrnoException).code}.`;
    return { submissions: all ? exercises.map((exercise) => ({ exercise, problem })) : [], left: [] };
  }
}

/** A line for each reason. */
function linesOf(left: readonly Left[]): string[] {
  return [...new Set(left.map(({ why }) => why))].map((why) => {
    const names = [...new Set(left.filter((one) => one.why === why).map(({ name }) => shownPath(name)))];
    const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : '';
    return `${names.slice(0, SHOWN).join(', ')}${more}: left alone, ${why}`;
  });
}

function aboutName({ shown, note }: StudentName): string[] {
  return note === undefined ? [] : [`${shown}: ${note}`];
}

function aboutLayout(directory: string, students: readonly Student[], exercises: readonly Entry[]): string[] {
  if (exercises.length === 0) return ['Nobody has handed in a file with the name of an exercise, such as 1a.ts.'];
  const [only, another] = students;
  if (!only || another || !only.submissions.some(({ problem }) => problem !== undefined)) return [];
  return [
    `If the folders in ${only.shown} are the students, name it: ${harmlessLine(join(directory, only.name), 200)}`,
  ];
}

/** The part of a class that one of several machines takes. */
export function shardOf(
  { exercises, students, ofAll }: Class,
  { part, of }: { readonly part: number; readonly of: number },
): Class {
  return withNotes(
    exercises,
    students.filter((_, index) => index % of === part - 1),
    ofAll,
  );
}
