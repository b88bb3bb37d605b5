/** Which exercise is meant. */
import { basename } from 'node:path';
import type { Entry } from '../catalogue/exercises.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { unmetHere } from '../grading/needs.ts';
import type { Progress } from './progress-file.ts';
import type { Workspace } from './workspace.ts';

/**
 * By an id, `4b`; by its file; or by a step, `4`, whose first exercise that is
 * not passed is meant. @throws UsageError
 */
export function chooseExercise(word: string, entries: readonly Entry[], progress: Progress): Entry {
  if (/^\d+$/.test(word)) {
    const ofStep = entries.filter(({ step }) => step === Number(word));
    const chosen = firstToPass(ofStep, progress) ?? ofStep[0];
    if (!chosen) throw new UsageError(`Step ${Number(word)} has no exercises. ${whichThereAre(entries)}`);
    return chosen;
  }
  const name = basename(word, '.ts').toLowerCase();
  const chosen = entries.find(({ id, stem }) => name === id || name === stem);
  if (!chosen) throw new UsageError(`There is no exercise ${word}. ${whichThereAre(entries)}`);
  return chosen;
}

/** The one last worked on; without one, the first that is not passed. */
export function currentExercise(
  entries: readonly Entry[],
  progress: Progress,
  workspace: Workspace,
): Entry | undefined {
  const lastTouched = (entry: Entry) => {
    const opened = Date.parse(progress.exercises[entry.id]?.opened ?? '') || 0;
    return Math.max(opened, workspace.savedAt(entry) ?? 0);
  };
  const [latest] = entries.filter((entry) => lastTouched(entry) > 0).sort((a, b) => lastTouched(b) - lastTouched(a));
  return latest ?? firstToPass(entries, progress) ?? entries[0];
}

/** The exercise to go on with, and those before it that cannot be checked on this machine, by this user. */
export interface Onward {
  readonly next: Entry | undefined;
  readonly skipped: readonly Entry[];
}

/** After an exercise: the next that is not passed, or an earlier one that was left out. */
export function onward(after: Entry, entries: readonly Entry[], progress: Progress, unmet = unmetHere): Onward {
  const at = entries.findIndex(({ id }) => id === after.id);
  return firstOnward([...entries.slice(at + 1), ...entries.slice(0, at)], progress, unmet);
}

/** Of these, in their order. */
export function firstOnward(entries: readonly Entry[], progress: Progress, unmet = unmetHere): Onward {
  const left = entries.filter(({ id }) => progress.exercises[id]?.passed === undefined);
  const at = left.findIndex((entry) => unmet(entry) === undefined);
  return at < 0 ? { next: undefined, skipped: left } : { next: left[at], skipped: left.slice(0, at) };
}

function firstToPass(entries: readonly Entry[], { exercises }: Progress): Entry | undefined {
  return entries.find(({ id }) => exercises[id]?.passed === undefined);
}

function whichThereAre(entries: readonly Entry[]): string {
  return entries.length === 0 ? 'There are none yet.' : `Exercises: ${entries.map(({ id }) => id).join(', ')}.`;
}
