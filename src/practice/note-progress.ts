/** A learner's progress: what the grader says of the workspace is noted. */
import type { Entry } from '../catalogue/exercises.ts';
import { lessonOf } from '../catalogue/lesson-of.ts';
import type { Report } from '../grading/report.ts';
import { markPassed } from './progress.ts';

/** @throws Error if the progress file is none of ours */
export function noteProgress({ items }: Report, exercises: readonly Entry[]): void {
  for (const exercise of exercises) {
    const passed = items.some(({ id, status }) => id === exercise.id && status === 'passed');
    if (passed) markPassed(exercise.id, lessonOf(exercise));
  }
}
