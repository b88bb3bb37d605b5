/** One exercise of somebody's work: reading its file, which may be anything, and grading it. */
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';
import type { Entry } from '../catalogue/exercises.ts';
import { bytesOf } from './file-names.ts';
import { type Grade, type GradeOptions, gradeText } from './grade.ts';

export interface Submission {
  readonly exercise: Entry;
  /** Whose it is or where it is, if there are several of the same exercise. */
  readonly source?: string;
  /** The file; without one, nothing was handed in. */
  readonly path?: string;
  /** Why the file cannot be graded, if that is known already. */
  readonly problem?: string;
}

const MISSING = 'Nothing was handed in for it.';

/** Reads the file late, so that a class need not fit into memory. @throws as gradeText does */
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

export const MOST_BYTES = 256 * 1024;

/** It cannot be graded, and why. */
export class UnreadableSubmission extends Error {
  override readonly name = 'UnreadableSubmission';
}

/**
 * The text of a regular file; a link is not followed, hard or symbolic, because
 * it could lead to somebody else's work. What is no regular file is not opened:
 * to open a device can do something already, and to open a pipe lets its writer go.
 * @throws UnreadableSubmission
 */
export function readSubmission(path: string): string {
  const name = bytesOf(path);
  checkKind(attempt(() => lstatSync(name)));
  const fd = attempt(() => openSync(name, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK));
  try {
    // It can have been exchanged.
    checkKind(fstatSync(fd));
    const bytes = Buffer.alloc(MOST_BYTES + 1);
    const size = readSync(fd, bytes, 0, bytes.length, 0);
    if (size > MOST_BYTES) throw new UnreadableSubmission(`It has more than ${MOST_BYTES / 1024} KiB.`);
    return bytes.toString('utf8', 0, size);
  } finally {
    closeSync(fd);
  }
}

function checkKind(stats: Stats): void {
  if (stats.isSymbolicLink()) throw new UnreadableSubmission('It is a symbolic link.');
  if (!stats.isFile()) throw new UnreadableSubmission('It is no regular file.');
  if (stats.nlink > 1) throw new UnreadableSubmission('It is a hard link: the file has another name. Copy it instead.');
}

function attempt<T>(act: () => T): T {
  try {
    return act();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ELOOP') throw new UnreadableSubmission('It is a symbolic link.');
    if (code === 'ENOENT') throw new UnreadableSubmission('There is no such file.');
    throw new UnreadableSubmission(`It cannot be read: ${code}.`);
  }
}
