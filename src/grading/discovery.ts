/**
 * Which files are submissions of which exercises. Their names say it: `4a.ts`,
 * `4a-anything.ts`. All else in a folder is left alone: no link is followed,
 * nothing is loaded.
 */
import { type Dirent, readdirSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import type { Entry } from '../catalogue/exercises.ts';
import { harmlessLine } from './harmless.ts';
import type { Submission } from './submission.ts';

const NAME = /^(\d+[a-z])(?:-.*)?\.ts$/s;
const SHOWN = 10;

export interface Found {
  readonly submissions: readonly Submission[];
  /** What was left alone, and why: a line each. */
  readonly notes: readonly string[];
}

export function exerciseOf(path: string, exercises: readonly Entry[]): Entry | undefined {
  const id = NAME.exec(basename(path))?.[1];
  return exercises.find((exercise) => exercise.id === id);
}

/**
 * The submissions in a folder. `required` are those without which the work is
 * not complete: where there is no file, that is what is said.
 */
export function submissionsIn(
  directory: string,
  exercises: readonly Entry[],
  { required = [], source }: { readonly required?: readonly Entry[]; readonly source?: string } = {},
): Found {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  const named = new Map<Entry, string[]>();
  const notes: string[] = [];
  for (const entry of entries) {
    const exercise = entry.isDirectory() ? undefined : exerciseOf(entry.name, exercises);
    if (exercise) named.set(exercise, [...(named.get(exercise) ?? []), entry.name]);
    else notes.push(`${harmlessLine(entry.name, 80)}: left alone, ${whyNot(entry)}`);
  }
  const wanted = exercises.filter((exercise) => named.has(exercise) || required.includes(exercise));
  const submissions = wanted.map((exercise) => ({
    exercise,
    ...(source !== undefined && { source }),
    ...chosen(directory, exercise, named.get(exercise) ?? []),
  }));
  const more = notes.length > SHOWN ? [`… and ${notes.length - SHOWN} more`] : [];
  return { submissions, notes: [...notes.slice(0, SHOWN), ...more] };
}

/** The name that the kit gives comes first, then the bare id. Otherwise there must be only one file. */
function chosen(directory: string, { stem, id }: Entry, names: readonly string[]): Partial<Submission> {
  const name = [`${stem}.ts`, `${id}.ts`].find((exact) => names.includes(exact)) ?? names[0];
  if (name === undefined) return {};
  if (names.length > 1 && name !== `${stem}.ts` && name !== `${id}.ts`) {
    const list = names.map((other) => harmlessLine(other, 80)).join(', ');
    return { problem: `Several files could be it: ${list}. Keep one, or name it ${stem}.ts.` };
  }
  return { path: join(directory, name) };
}

export function whyNot(entry: Dirent | Stats): string {
  if (entry.isDirectory()) return 'because it is a folder';
  if (entry.isSymbolicLink()) return 'because it is a symbolic link';
  return entry.isFile()
    ? 'because its name is not that of an exercise, such as 1a.ts'
    : 'because it is no regular file';
}
