/** The results of a class: the table, the summary, and the same for programs. */
import stringWidth from 'string-width';
import type { Entry } from '../../catalogue/exercises.ts';
import { isText } from '../file-names.ts';
import type { Grade } from '../grade.ts';
import { totalsOf } from '../report.ts';

export interface Result {
  /** The student's name as it is shown. */
  readonly student: string;
  /** The same for a table, if it differs. */
  readonly cell?: string;
  /** What is to be known of the name. */
  readonly note?: string;
  readonly grades: readonly ClassGrade[];
}

export interface ClassGrade extends Grade {
  /** There was no file. */
  readonly missing: boolean;
}

const MARKS = { passed: '✓', failed: '✗', 'not run': '–', error: '!' } as const;

/**
 * A row per student: points for each exercise, or why there are none, and then
 * the messages; at last notes on the names, if `hasNotes`.
 */
export function classCsv(exercises: readonly Entry[], results: readonly Result[], hasNotes = false): string {
  const ids = exercises.map(({ id }) => id);
  const header = [
    'student',
    'points',
    'max',
    ...ids,
    ...ids.map((id) => `${id} message`),
    ...(hasNotes ? ['note'] : []),
  ];
  const rows = results.map(({ student, cell = student, note = '', grades }) => {
    const { points, max } = totalsOf(grades);
    const messages = grades.map(({ message }) => message ?? '');
    return [cell, points, max, ...grades.map(worth), ...messages, ...(hasNotes ? [note] : [])];
  });
  return toCsv([header, ...rows]);
}

function worth({ missing, status, points }: ClassGrade): string | number {
  if (missing) return 'missing';
  return status === 'passed' || status === 'failed' ? points : status;
}

export function classJson(
  exercises: readonly Entry[],
  results: readonly Result[],
  notes: readonly string[] = [],
): string {
  const students = results.map(({ student, cell = student, note, grades }) => ({
    student: isText(cell) ? cell : student,
    ...(note !== undefined && { note }),
    ...totalsOf(grades),
    items: grades,
  }));
  const ids = exercises.map(({ id }) => id);
  return JSON.stringify({ schema: 'container-lab/class/v1', exercises: ids, students, notes }, null, 2);
}

/** Who passed what, and where the others of each exercise failed. */
export function classSummary(exercises: readonly Entry[], results: readonly Result[]): string {
  const width = Math.max(7, ...results.map(({ student }) => stringWidth(student)));
  const padded = (name: string) => name + ' '.repeat(width - stringWidth(name));
  const header = [padded('student'), ...exercises.map(({ id }) => id.padEnd(3)), 'points'].join('  ');
  const rows = results.map(({ student, grades }) => {
    const { points, max } = totalsOf(grades);
    const marks = grades.map((grade) => (grade.missing ? ' ' : MARKS[grade.status]).padEnd(3));
    return [padded(student), ...marks, `${points} of ${max}`].join('  ');
  });
  const perExercise = exercises.map((exercise, index) =>
    exerciseLine(
      exercise,
      results.flatMap(({ grades }) => grades[index] ?? []),
    ),
  );
  return [header, ...rows, '', ...perExercise].join('\n');
}

function exerciseLine({ id, title }: Entry, grades: readonly ClassGrade[]): string {
  const { passed, exercises, notRun, errors } = totalsOf(grades);
  const missing = grades.filter((grade) => grade.missing).length;
  const failures = grades.filter((grade) => grade.status === 'failed' && !grade.missing).map(failureOf);
  const [most] = tally(failures);
  const parts = [
    `${id} ${title}: ${passed} of ${exercises} passed`,
    most && `${failures.length} failed, ${most.count} of them at: ${most.label}`,
    missing > 0 && `${missing} not handed in`,
    notRun > 0 && `${notRun} not run on this machine`,
    errors > 0 && `${errors} with an error of the grader's`,
  ];
  return parts.filter(Boolean).join('; ');
}

/** The check at which it failed; messages hold values that are drawn anew each time. */
function failureOf({ checks, message = '' }: Grade): string {
  const last = checks.at(-1);
  return last && !last.passed ? last.name : (message.split(/(?<=\.)\s|\n/)[0] ?? '');
}

function tally(labels: readonly string[]): { label: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return [...counts].map(([label, count]) => ({ label, count })).sort((a, b) => b.count - a.count);
}

/** A spreadsheet begins a formula with these; it may skip what stands before them. */
const FORMULA = /^[\s\p{Z}\p{C}\p{Default_Ignorable_Code_Point}]*[=+\-@]/u;
/** In other countries a cell ends with these, whatever quotes stand around. */
const FURTHER_FORMULA = /(?<=;|.\t)(?=[\s\p{Z}]*[=+\-@])/gu;

type Cell = string | number;

/** A table for spreadsheets (RFC 4180), in which no cell is a formula. */
export function toCsv(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => `${row.map(cell).join(',')}\r\n`).join('');
}

function cell(value: Cell): string {
  if (typeof value === 'number') return String(value);
  // Lines stay lines, so that parts of a class can be put together with head and tail.
  const line = value.replace(/[\r\n]+/g, ' ');
  const isFormula = FORMULA.test(line.normalize('NFKC')) || /^[\t\r]/.test(line);
  const text = `${isFormula ? "'" : ''}${line.replace(FURTHER_FORMULA, "'")}`;
  return /[",;\t']|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
