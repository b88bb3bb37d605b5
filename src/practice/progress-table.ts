/** A learner's progress, as a table and for programs. */
import wrapAnsi from 'wrap-ansi';
import type { Entry } from '../catalogue/exercises.ts';
import { readLibrary } from '../catalogue/lessons.ts';
import { render, type View } from '../markdown/terminal/render.ts';
import { firstOnward } from './choose.ts';
import { skippedLines, stateOf } from './exercise-text.ts';
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
  /** The first to pass that can be checked here. */
  readonly next?: Pick<Entry, 'id' | 'title'> | undefined;
  /** What stands before it and cannot be checked here: why not, and what to type. */
  readonly skipped: readonly string[];
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
  const { next, skipped } = firstOnward(
    entries.filter(({ step }) => lessons.some((lesson) => lesson.step === step)),
    progress,
  );
  return {
    lessons,
    ...(next ? { next: { id: next.id, title: next.title } } : {}),
    skipped: skippedLines(skipped),
    others,
  };
}

function exerciseRow({ id, title }: Entry, { exercises }: Progress): ExerciseRow {
  const known = exercises[id];
  return { id, title, state: stateOf(known), started: known?.started, passed: known?.passed };
}

/** A row for each lesson, so that a screen of 24 lines has room for it, and `file`, where it is kept. */
export function overviewText({ lessons, next, skipped, others }: Overview, file: string, view: View): string {
  const exercises = lessons.flatMap((lesson) => lesson.exercises);
  const passed = exercises.filter(({ state }) => state === 'passed').length;
  const read = lessons.filter((lesson) => lesson.read !== undefined).length;
  const table = ['| lesson | read | exercises |', '| --- | --- | --- |', ...lessons.map(row)].join('\n');
  const sentences = [
    `${read} of ${lessons.length} lessons read, ${passed} of ${exercises.length} exercises passed.`,
    ...(next ? [`The first to pass: npm run exercise ${next.id}, ${next.title}.`] : []),
    ...skipped,
    ...(others.length > 0 ? [`Of another version of the kit: ${others.join(', ')}.`] : []),
    `It is kept in ${file}, which you can take to another machine.`,
  ];
  const words = sentences.map((sentence) => wrapAnsi(sentence, view.width));
  return [render({ path: '', text: table }, view).trimEnd(), '', ...words].join('\n');
}

function row({ step, id, read, exercises }: LessonRow): string {
  const states = exercises.map((exercise) => `${exercise.id} ${WORDS[exercise.state]}`).join(', ');
  const cells = [`${step} ${id}`, read === undefined ? 'not yet' : day(read), states];
  return `| ${cells.map(escaped).join(' | ')} |`;
}

const WORDS: Readonly<Record<ExerciseRow['state'], string>> = { passed: 'passed', started: 'started', new: 'to do' };

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
