/** The grades of one person's work: every format is made from this, so that all say the same. */
import { basename } from 'node:path';
import type { Grade, Status } from './grade.ts';
import { harmless, harmlessLine, unique } from './harmless.ts';

export interface ReportItem extends Grade {
  /** Unique in the report. */
  readonly name: string;
}

export interface Totals {
  readonly points: number;
  readonly max: number;
  readonly exercises: number;
  readonly passed: number;
  readonly failed: number;
  readonly notRun: number;
  readonly errors: number;
}

export interface Report {
  readonly items: readonly ReportItem[];
  readonly totals: Totals;
  /** What was left alone, and why. */
  readonly notes: readonly string[];
  readonly begun: Date;
  /** Wall-clock seconds. */
  readonly seconds: number;
}

const NAME = 80;
const TRACE_LINES = 60;
const TRACE_WIDTH = 300;

/** Nothing to grade is not a pass, in any format. */
const NOTHING: Grade = {
  id: 'none',
  title: 'a submission to grade',
  status: 'failed',
  points: 0,
  max: 1,
  checks: [],
  message: 'Nothing was graded: there is no file whose name begins with an exercise’s id, such as 1a.ts.',
  trace: [],
  seconds: 0,
};

export interface Graded extends Grade {
  readonly source?: string;
}

/** All text in a report is harmless. */
export function makeReport(
  grades: readonly Graded[],
  {
    notes = [],
    begun,
    seconds,
  }: { readonly notes?: readonly string[]; readonly begun: Date; readonly seconds: number },
): Report {
  const graded: readonly Graded[] = grades.length > 0 ? grades : [NOTHING];
  const names = unique(graded.map(nameOf));
  const items = graded.map((grade, index) => ({ ...clean(grade), name: names[index] ?? '' }));
  const whole = Math.round(seconds * 1000) / 1000;
  return { items, totals: totalsOf(items), notes: notes.map((note) => harmlessLine(note)), begun, seconds: whole };
}

export function allPassed({ items }: Report): boolean {
  return items.length > 0 && items.every(({ status }) => status === 'passed');
}

/** Whether the grader could judge all of it, whatever the verdicts. */
export function allJudged({ items }: Report): boolean {
  return items.every(({ status }) => status === 'passed' || status === 'failed');
}

export function totalsOf(grades: readonly Grade[]): Totals {
  const sum = (pick: (grade: Grade) => number) => grades.reduce((total, grade) => total + pick(grade), 0);
  const count = (status: Status) => grades.filter((grade) => grade.status === status).length;
  return {
    points: sum(({ points }) => points),
    max: sum(({ max }) => max),
    exercises: grades.length,
    passed: count('passed'),
    failed: count('failed'),
    notRun: count('not run'),
    errors: count('error'),
  };
}

function nameOf({ id, title, source }: Graded): string {
  const name = id === NOTHING.id ? title : `${id} ${title}`;
  return harmlessLine(source === undefined ? name : `${name} (${source})`, 2 * NAME);
}

/** A grade whose texts are harmless, without what does not belong to a grade. */
export function clean({ id, title, status, points, max, checks, message, trace, seconds }: Grade): Grade {
  return {
    id,
    title,
    status,
    points,
    max,
    checks: checks.map(({ name, passed, expected, observed, command }) => ({
      name: harmlessLine(name, NAME),
      passed,
      expected: harmless(expected),
      observed: harmless(observed),
      ...(command !== undefined && { command: harmlessLine(command, 500) }),
    })),
    ...(message !== undefined && { message: harmless(withoutPaths(message)) }),
    trace: trace.slice(-TRACE_LINES).map((line) => harmlessLine(line, TRACE_WIDTH)),
    seconds,
  };
}

/** A stack names files by their whole paths. The last part says enough, and nothing about this machine. */
function withoutPaths(message: string): string {
  return message.replace(/(?:file:\/\/)?(?:\/[\w.@+-]+){2,}(?=:\d+:\d+)/g, (path) => basename(path));
}
