/** What a request asks to be graded. */
import { existsSync, lstatSync } from 'node:fs';
import { type Entry, workspaceDirectory } from '../catalogue/exercises.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { exerciseOf, type Found, type Search, submissionsIn, whyNot } from './discovery.ts';
import { harmlessLine } from './harmless.ts';
import type { Submission } from './submission.ts';

/** The exercises that were asked for, in the catalogue's order. @throws UsageError for an id that does not exist */
export function chosenExercises(exercises: readonly Entry[], only: readonly string[] | undefined): readonly Entry[] {
  if (!only) return exercises;
  const unknown = only.find((id) => !exercises.some((exercise) => exercise.id === id));
  if (unknown !== undefined || only.length === 0) {
    const ids = exercises.map(({ id }) => id).join(', ');
    throw new UsageError(`There is no exercise ${harmlessLine(unknown ?? '""', 40)}. Exercises: ${ids}`);
  }
  return exercises.filter(({ id }) => only.includes(id));
}

/** The submissions in the workspace, or at `paths`. @throws UsageError for a path that leads nowhere */
export function gather(
  paths: readonly string[],
  exercises: readonly Entry[],
  only: readonly string[] | undefined,
): Found & { readonly directories: readonly string[] } {
  const required = only ? exercises : [];
  if (paths.length === 0) {
    const workspace = workspaceDirectory();
    if (!existsSync(workspace) && !only) {
      throw new UsageError('There is no workspace yet: npm run exercise puts an exercise into it.');
    }
    const found = existsSync(workspace) ? submissionsIn(workspace, exercises, { required }) : missing(required);
    // What else a learner keeps there is their own business.
    return { submissions: found.submissions, notes: [], directories: [workspace] };
  }
  const kinds = paths.map((path) => ({ path, stats: lstatSync(path, { throwIfNoEntry: false }) }));
  const lost = kinds.find(({ stats }) => !stats);
  if (lost) {
    const isExercise = exercises.some(({ id }) => id === lost.path);
    const advice = isExercise ? ` For the one in the workspace: npm run grade -- --only ${lost.path}` : '';
    throw new UsageError(`There is no file or folder ${harmlessLine(lost.path, 200)}.${advice}`);
  }
  const several = paths.length > 1;
  const found = kinds.map(({ path, stats }): Found => {
    const source = several ? harmlessLine(path, 60) : undefined;
    if (stats?.isDirectory()) {
      const { submissions, notes } = below(path, exercises, { required, source });
      return { submissions, notes: source === undefined ? notes : notes.map((note) => `${source}: ${note}`) };
    }
    const exercise = exerciseOf(path, exercises);
    if (exercise) return { submissions: [{ exercise, path, ...(source !== undefined && { source }) }], notes: [] };
    return { submissions: [], notes: stats ? [`${harmlessLine(path, 80)}: left alone, ${whyNot(stats, path)}`] : [] };
  });
  const submissions = found.flatMap((one) => one.submissions);
  const anyDirectory = kinds.some(({ stats }) => stats?.isDirectory());
  const absent = anyDirectory
    ? []
    : required.filter((exercise) => !submissions.some((one) => one.exercise === exercise));
  return {
    submissions: [...submissions, ...missing(absent).submissions],
    notes: found.flatMap(({ notes }) => notes),
    directories: kinds.filter(({ stats }) => stats?.isDirectory()).map(({ path }) => path),
  };
}

/** Of one person's work. What is in no folder comes first: the folders can also be those of a class. */
function below(directory: string, exercises: readonly Entry[], search: Search): Found {
  const here = submissionsIn(directory, exercises, search);
  if (here.submissions.some(isThere)) return here;
  const deep = submissionsIn(directory, exercises, { ...search, deep: true });
  const isOnePersons = deep.submissions.some(isThere) && deep.submissions.every(({ problem }) => problem === undefined);
  return isOnePersons ? deep : here;
}

function isThere({ path, problem }: Submission): boolean {
  return path !== undefined || problem !== undefined;
}

function missing(exercises: readonly Entry[]): Found {
  return { submissions: exercises.map((exercise) => ({ exercise })), notes: [] };
}
