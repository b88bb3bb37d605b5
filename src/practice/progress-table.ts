/** A learner's progress, as a table and for programs. */

import type { Entry } from '../catalogue/exercises.ts';
import { readLibrary } from '../catalogue/lessons.ts';
import { render, type View } from '../markdown/terminal/render.ts';
import { stateOf } from './exercise-text.ts';
import type { Progress } from './progress-file.ts';

interface LessonRow {
  readonly step: number;
  readonly id: string;
  readonly title: string;
  /** When, in ISO 8601. */
  readonly read?: string;
  readonly exercises: readonly ExerciseRow[];
}

interface ExerciseRow {
  readonly id: string;
  readonly title: string;
  readonly state: ReturnType<typeof stateOf>;
  readonly started?: string;
  readonly passed?: string;
}

export interface Overview {
  readonly lessons: readonly LessonRow[];
  /** Noted by another version of the kit, and kept for it. */
  readonly others: readonly string[];
}

export function overview(entries: readonly Entry[], progress: Progress, library = readLibrary()): Overview {
  const lessons = library.lessons.map(({ number, id, title }) => ({
    step: number,
    id,
    title,
    read: progress.lessons[id]?.read,
    exercises: entries.filter(({ step }) => step === number).map((entry) => exerciseRow(entry, progress)),
  }));
  const others = Object.keys(progress.exercises).filter((id) => !entries.some((entry) => entry.id === id));
  return { lessons, others };
}

function exerciseRow({ id, title }: Entry, { exercises }: Progress): ExerciseRow {
  const known = exercises[id];
  return { id, title, state: stateOf(known), started: known?.started, passed: known?.passed };
}

/** A row for each exercise, and the number of those that were passed. */
export function overviewText({ lessons, others }: Overview, view: View): string {
  const exercises = lessons.flatMap((lesson) => lesson.exercises);
  const passed = exercises.filter(({ state }) => state === 'passed').length;
  const read = lessons.filter((lesson) => lesson.read !== undefined).length;
  const table = ['| step | lesson | exercise | state |', '| --- | --- | --- | --- |', ...lessons.flatMap(rows)].join(
    '\n',
  );
  return [
    render({ path: '', text: table }, view).trimEnd(),
    '',
    `${read} of ${lessons.length} lessons read, ${passed} of ${exercises.length} exercises passed`,
    ...(others.length > 0 ? [`Of another version of the kit: ${others.join(', ')}`] : []),
  ].join('\n');
}

function rows({ step, id, read, exercises }: LessonRow): string[] {
  const lesson = [`${step} ${id}`, read === undefined ? '' : `read ${day(read)}`];
  const [first = ['', ''], ...others] = exercises.map((exercise) => [
    `${exercise.id} ${exercise.title}`,
    stateText(exercise),
  ]);
  return [[...lesson, ...first], ...others.map((cells) => ['', '', ...cells])].map(
    (cells) => `| ${cells.map(escaped).join(' | ')} |`,
  );
}

function stateText({ state, started, passed }: ExerciseRow): string {
  if (state === 'new') return '';
  const date = state === 'passed' ? passed : started;
  return `${state} ${day(date ?? '')}`;
}

/** The day as the learner counts, not as Greenwich does. */
function day(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const two = (number: number) => String(number).padStart(2, '0');
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

function escaped(cell: string): string {
  return cell.replace(/[\\`*_[\]|<]/g, '\\$&');
}
