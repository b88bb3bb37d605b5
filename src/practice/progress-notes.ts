/** Noting a learner's progress. */
import type { Entry } from '../catalogue/exercises.ts';
import { readLibrary } from '../catalogue/lessons.ts';
import type { Report } from '../grading/report.ts';
import { markOpened, markPassed, NOTHING, type Progress, readProgress } from './progress-file.ts';

/** The exercise matters more than the mark: trouble with the file is said, once. */
export class ProgressNotes {
  readonly #say: (line: string) => void;
  #inOrder = true;

  constructor(say: (line: string) => void) {
    this.#say = say;
  }

  progress(): Progress {
    return this.#attempt(() => readProgress()) ?? NOTHING;
  }

  opened(entry: Entry): void {
    this.#attempt(() => markOpened(entry.id, lessonOf(entry)));
  }

  passed(entry: Entry): void {
    this.#attempt(() => markPassed(entry.id, lessonOf(entry)));
  }

  #attempt<T>(act: () => T): T | undefined {
    try {
      return act();
    } catch (error) {
      if (this.#inOrder) this.#say((error as Error).message);
      this.#inOrder = false;
      return undefined;
    }
  }
}

/** Notes what the grader says of the workspace. */
export function noteProgress({ items }: Report, exercises: readonly Entry[], say: (line: string) => void): void {
  const notes = new ProgressNotes(say);
  for (const exercise of exercises) {
    const passed = items.some(({ id, status }) => id === exercise.id && status === 'passed');
    if (passed) notes.passed(exercise);
  }
}

let ids: ReadonlyMap<number, string> | undefined;

/** The lesson that an exercise belongs to: the progress file knows it by its id. */
function lessonOf({ step }: Entry): string | undefined {
  ids ??= new Map(readLibrary().lessons.map(({ number, id }) => [number, id]));
  return ids.get(step);
}
