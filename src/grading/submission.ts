/** One exercise of somebody's work, and grading it. */
import type { Entry } from '../catalogue/exercises.ts';
import { type Grade, type GradeOptions, gradeText } from './grade.ts';
import { readSubmission, UnreadableSubmission } from './submission-file.ts';

export interface Submission {
  readonly exercise: Entry;
  /** Whose it is or where it lies, if there are several of the same exercise. */
  readonly source?: string;
  /** The file; without one, nothing was handed in. */
  readonly path?: string;
  /** Why the file cannot be graded, if that is known already. */
  readonly problem?: string;
}

export const MISSING = 'Nothing was handed in for it.';

/** Reads it late, so that a class need not fit into memory. @throws the reason of `signal` */
export function gradeSubmission(submission: Submission, options: GradeOptions): Promise<Grade> {
  const content = contentOf(submission);
  return gradeContent(submission.exercise, content, options);
}

/** What there is to grade, or why there is nothing. */
export type Content = { readonly text: string } | { readonly problem: string };

export function contentOf({ exercise, path, problem }: Submission): Content {
  if (problem !== undefined) return { problem };
  if (path === undefined) return { problem: `${MISSING} The file's name is ${exercise.stem}.ts.` };
  try {
    return { text: readSubmission(path) };
  } catch (error) {
    if (error instanceof UnreadableSubmission) return { problem: error.message };
    throw error;
  }
}

export async function gradeContent(exercise: Entry, content: Content, options: GradeOptions): Promise<Grade> {
  if ('text' in content) return gradeText(exercise, content.text, options);
  const { id, title, points: max } = exercise;
  return { id, title, max, points: 0, status: 'failed', checks: [], message: content.problem, trace: [], seconds: 0 };
}
