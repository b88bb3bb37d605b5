/** Who has handed in what: a folder per student, or a file per student. */
import { type Dirent, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '../../catalogue/exercises.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import { submissionsIn, whyNot } from '../discovery.ts';
import { harmlessLine, unique } from '../harmless.ts';
import type { Submission } from '../submission.ts';

export interface Student {
  /** The name of the folder, or of the file without `.ts`: unique, and anything. */
  readonly name: string;
  /** The same, fit to be shown, and unique as well. */
  readonly shown: string;
  /** One for each exercise of the class. */
  readonly submissions: readonly Submission[];
}

export interface Class {
  readonly exercises: readonly Entry[];
  readonly students: readonly Student[];
  readonly notes: readonly string[];
}

const NAME = 80;

/**
 * A folder that holds folders has one per student. One that holds none has a
 * file per student, and then the one exercise must be named. The exercises of a
 * class are those asked for, or those that anybody has handed in.
 * @throws UsageError if it is neither
 */
export function readClass(directory: string, exercises: readonly Entry[], only?: readonly string[]): Class {
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`There is no folder ${harmlessLine(directory, 200)}.`);
  }
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const visible = entries.filter(({ name }) => !name.startsWith('.'));
  const perFolder = visible.some((entry) => entry.isDirectory());
  const isStudent = (entry: Dirent) => (perFolder ? entry.isDirectory() : /.\.ts$/.test(entry.name));
  const own = visible.filter(isStudent);
  if (own.length === 0) throw new UsageError(`${harmlessLine(directory, 200)} holds no submissions: ${LAYOUTS}`);
  const [single] = exercises;
  if (!perFolder && (!single || only?.length !== 1)) {
    throw new UsageError(
      `${harmlessLine(directory, 200)} holds no folders. For a file per student add --only ID: ${LAYOUTS}`,
    );
  }
  const shown = unique(own.map(({ name }) => harmlessLine(perFolder ? name : name.slice(0, -3), NAME)));
  const notes = visible
    .filter((entry) => !isStudent(entry))
    .map(
      (entry) =>
        `${harmlessLine(entry.name, NAME)}: left alone, ${perFolder ? 'because it is no folder' : whyNot(entry)}`,
    );
  if (!perFolder && single) {
    const students = own.map(({ name }, index) => ({
      name: name.slice(0, -3),
      shown: shown[index] ?? '',
      submissions: [{ exercise: single, path: join(directory, name) }],
    }));
    return { exercises: [single], students, notes };
  }
  const folders = own.map(({ name }) => join(directory, name));
  const ofClass = only ? exercises : handedIn(folders, exercises);
  const students = own.map(({ name }, index) => ({
    name,
    shown: shown[index] ?? '',
    submissions: submissionsOf(folders[index] ?? '', ofClass),
  }));
  return { exercises: ofClass, students, notes };
}

const LAYOUTS = 'a class is a folder per student with files such as 1a.ts, or files student-01.ts with --only 1a.';

function handedIn(folders: readonly string[], exercises: readonly Entry[]): Entry[] {
  const found = new Set(
    folders.flatMap((folder) => submissionsOf(folder, exercises, false)).map(({ exercise }) => exercise),
  );
  return exercises.filter((exercise) => found.has(exercise));
}

function submissionsOf(folder: string, exercises: readonly Entry[], all = true): readonly Submission[] {
  try {
    return submissionsIn(folder, exercises, { required: all ? exercises : [] }).submissions;
  } catch (error) {
    const problem = `The folder cannot be read: ${(error as NodeJS.ErrnoException).code}.`;
    return all ? exercises.map((exercise) => ({ exercise, problem })) : [];
  }
}

/** The part of a class that one of several machines takes. */
export function shardOf(whole: Class, { part, of }: { readonly part: number; readonly of: number }): Class {
  return { ...whole, students: whole.students.filter((_, index) => index % of === part - 1) };
}
