/** Noting a learner's progress. The exercise matters more than the mark: trouble with the file is said, once. */

import type { Entry } from '../catalogue/exercises.ts';
import { lessonOf } from '../catalogue/lesson-of.ts';
import { markOpened, markPassed, NOTHING, type Progress, readProgress } from './progress.ts';

export class Marks {
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
