/** Grading a class: a row for each student. After an interruption it goes on from where it was. */
import { realpathSync } from 'node:fs';
import { isatty } from 'node:tty';
import { progressBar } from '../../../rootfs-builder/build-progress.ts';
import type { Entry } from '../../catalogue/exercises.ts';
import { Interrupted } from '../../command-line/interruption.ts';
import { writeError } from '../../command-line/output.ts';
import { sweepOnEvidence } from '../../leftovers/table.ts';
import { notesOnTelling } from '../../sandbox/call-filter.ts';
import { bytesOf } from '../file-names.ts';
import { chosenExercises } from '../gather.ts';
import type { Grade } from '../grade.ts';
import { pool } from '../pool.ts';
import { clean, totalsOf } from '../report.ts';
import type { Request } from '../request.ts';
import { checkPlace, save } from '../save.ts';
import { contentOf, gradeContent, type Submission } from '../submission.ts';
import { fingerprint, judgeOf } from './fingerprint.ts';
import { Journal } from './journal.ts';
import { lock } from './lock.ts';
import { type ClassGrade, classCsv, classJson, classSummary, type Result } from './results.ts';
import { type Class, readClass, type Student, shardOf } from './students.ts';

/** By it Excel knows that a file is UTF-8. */
const BYTE_ORDER_MARK = '\ufeff';

interface Surroundings {
  readonly signal: AbortSignal;
  readonly print: (text: string) => void;
  readonly printError: (text: string) => void;
}

interface Task {
  readonly student: Student;
  readonly submission: Submission;
}

/**
 * Returns the exit status. Beside the CSV is a journal. What it knows of the same
 * text is not graded again, unless the machine or the grader was at fault.
 * @throws UsageError before anything has been started
 */
export async function gradeClass(
  request: Request,
  course: NonNullable<Request['course']>,
  exercises: readonly Entry[],
  surroundings: Surroundings,
): Promise<number> {
  const { print, printError } = surroundings;
  const [directory = ''] = request.paths;
  const whole = readClass(directory, chosenExercises(exercises, request.only), request.only);
  const part = shardOf(whole, course.shard);
  checkPlace(course.csv, [directory]);
  const unlock = lock(`${course.csv}.lock`);
  try {
    // A run that was killed may have left a sandbox behind.
    await sweepOnEvidence().catch(() => []);
    const notes = [...part.notes, ...(await notesOnTelling())];
    for (const note of notes) printError(note);
    const results = await gradeAll(request, course, part, surroundings);
    // Every part of a class has the same columns.
    const hasNotes = whole.students.some(({ note }) => note !== undefined);
    save(course.csv, bytesOf(`${course.bom ? BYTE_ORDER_MARK : ''}${classCsv(part.exercises, results, hasNotes)}`));
    const isJson = request.print === 'json';
    print(isJson ? classJson(part.exercises, results, notes) : classSummary(part.exercises, results));
    return statusOf(results, request.exitZero);
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    printError('Interrupted. What has been graded is noted; the same command goes on from there.');
    return error.status;
  } finally {
    unlock();
  }
}

async function gradeAll(
  { jobs, timeout, paths }: Request,
  { csv, restart }: NonNullable<Request['course']>,
  { students }: Class,
  { signal, printError }: Surroundings,
): Promise<Result[]> {
  const tasks = students.flatMap((student) => student.submissions.map((submission): Task => ({ student, submission })));
  const progress = showProgress(tasks.length, printError);
  const journal = new Journal(`${csv}.journal`, restart);
  const judge = judgeOf();
  const hidden = paths.map((path) => realpathSync(path));
  try {
    const grades = await pool(tasks, jobs, async ({ student, submission }) => {
      signal.throwIfAborted();
      const content = contentOf(submission);
      const print = fingerprint(submission.exercise, content, judge);
      const known = journal.find(student.name, print);
      if (known && isFinal(known)) {
        progress.known();
        return known;
      }
      const grade = clean(await gradeContent(submission.exercise, content, { timeout, hidden, signal }));
      journal.add({ student: student.name, fingerprint: print, grade });
      progress.graded(student.shown, grade, isMissing(submission));
      return grade;
    });
    const all = tasks.map(({ student, submission }, index) => ({
      student,
      grade: withMissing(grades[index], submission),
    }));
    return students.map((student) => ({
      student: student.shown,
      cell: student.cell,
      ...(student.note !== undefined && { note: student.note }),
      grades: all.filter((one) => one.student === student).flatMap(({ grade }) => grade ?? []),
    }));
  } finally {
    progress.end();
    journal.close();
  }
}

function isFinal({ status }: Grade): boolean {
  return status === 'passed' || status === 'failed';
}

function withMissing(grade: Grade | undefined, submission: Submission): ClassGrade | undefined {
  return grade && { ...grade, missing: isMissing(submission) };
}

function isMissing({ path, problem }: Submission): boolean {
  return path === undefined && problem === undefined;
}

function statusOf(results: readonly Result[], exitZero: boolean): number {
  const { exercises, passed, failed } = totalsOf(results.flatMap(({ grades }) => grades));
  const judged = passed + failed === exercises;
  return (exitZero ? judged : exercises > 0 && passed === exercises) ? 0 : 1;
}

/** A bar on a terminal; elsewhere a line for each. */
function showProgress(total: number, printError: (line: string) => void) {
  const bar = isatty(2) ? progressBar(writeError) : undefined;
  const begin = Date.now();
  let [known, graded] = [0, 0];
  const draw = () => {
    const done = known + graded;
    const left = graded > 0 ? Math.ceil(((Date.now() - begin) / 1000 / graded) * (total - done)) : undefined;
    bar?.progress(done / total, `${done} of ${total}${left === undefined ? '' : `, about ${left} s to go`}`);
  };
  return {
    known: () => {
      known += 1;
      draw();
    },
    graded: (student: string, { id, status }: Grade, missing: boolean) => {
      graded += 1;
      if (!bar) printError(`${known + graded} of ${total}: ${student}, ${id} ${missing ? 'not handed in' : status}`);
      draw();
    },
    end: () => {
      bar?.clear();
      if (known > 0) printError(`${known} of ${total} had been graded before.`);
    },
  };
}
