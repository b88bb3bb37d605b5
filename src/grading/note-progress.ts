/** A learner's progress: what the grader says of the workspace is noted. */
import type { Entry } from '../exercises/catalogue.ts';
import { lessonOf } from '../exercises/lesson-of.ts';
import { markPassed } from '../lessons/progress.ts';
import type { Report } from './report.ts';

/** @throws Error if the progress file is none of ours */
export function noteProgress({ items }: Report, exercises: readonly Entry[]): void {
  for (const exercise of exercises) {
    const passed = items.some(({ id, status }) => id === exercise.id && status === 'passed');
    if (passed) markPassed(exercise.id, lessonOf(exercise));
  }
}
