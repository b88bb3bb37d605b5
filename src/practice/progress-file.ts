/**
 * What has been read, begun and passed: one readable file,
 * $XDG_STATE_HOME/container-lab/progress.json, that can be copied to another
 * machine. What this version does not know in it is kept. Under sudo it is the
 * file of the user who ran sudo.
 */
import { readFileSync, realpathSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { noHome, otherFolder, userFolder } from '../command-line/home.ts';
import { giveToSudoUser, makeDirectory, sudoUsersHome } from '../command-line/sudo-user.ts';

/** Times are ISO 8601. */
export interface ExerciseProgress {
  /** The id of the lesson that it belongs to. */
  readonly lesson?: string;
  /** The first time that it was opened. */
  readonly started?: string;
  /** The last time. */
  readonly opened?: string;
  /** The first time that it passed. */
  readonly passed?: string;
}

export interface Progress {
  readonly version: 1;
  /** By the lesson's id, `mount`. */
  readonly lessons: Readonly<Record<string, { readonly read?: string }>>;
  /** By the exercise's id, `4a`. */
  readonly exercises: Readonly<Record<string, ExerciseProgress>>;
}

/** The progress of someone who has not begun. */
export const NOTHING: Progress = { version: 1, lessons: {}, exercises: {} };

/** @throws Error for a user without a home */
export function progressFile(environment = process.env): string {
  const state = userFolder('state', environment, sudoUsersHome(environment));
  if (state === undefined) throw new Error(`Progress cannot be kept. ${noHome()} Try: ${otherFolder('state')}.`);
  return join(state, 'progress.json');
}

/** @throws Error if the file is there but is not one of this kit's: then it is never overwritten */
export function readProgress(file = progressFile()): Progress {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return NOTHING;
    throw new Error(`The progress cannot be read from ${file} (${code}). Try: ${otherFolder('state')}.`, {
      cause: error,
    });
  }
  try {
    // Some editors put a byte order mark in front.
    const progress = JSON.parse(text.replace(/^\uFEFF/, ''));
    if (progress?.version === NOTHING.version) {
      return { ...progress, lessons: entriesIn(progress.lessons), exercises: entriesIn(progress.exercises) };
    }
  } catch {
    // Said below.
  }
  throw new Error(`${file} is no progress file of version ${NOTHING.version}. Mend it, or move it away to start anew.`);
}

/** What is null says nothing. @throws Error for what holds no entries */
function entriesIn(known: object | null = {}): Progress['lessons'] {
  const entries = Object.entries(known ?? {}).filter(([, entry]) => entry !== null);
  if (entries.some(([, entry]) => typeof entry !== 'object')) throw new TypeError('not an entry');
  return Object.fromEntries(entries);
}

/** Notes that a lesson was read; the first time counts. */
export function markRead(id: string, file = progressFile(), now = new Date()): void {
  const progress = readProgress(file);
  const lesson = progress.lessons[id];
  if (lesson?.read !== undefined) return;
  const lessons = { ...progress.lessons, [id]: { ...lesson, read: now.toISOString() } };
  save(file, { ...progress, lessons });
}

/** Notes that an exercise of a lesson was opened. */
export function markOpened(id: string, lesson?: string, file = progressFile(), now = new Date()): void {
  const opened = now.toISOString();
  note(id, file, (known) => ({ started: opened, ...known, ...(lesson && { lesson }), opened }));
}

/** Notes that an exercise of a lesson was passed; the first time counts. */
export function markPassed(id: string, lesson?: string, file = progressFile(), now = new Date()): void {
  note(id, file, (known) => ({ ...known, ...(lesson && { lesson }), passed: known?.passed ?? now.toISOString() }));
}

/** Whether the lesson has exercises that were passed. */
export function hasPassed({ exercises }: Progress, id: string): boolean {
  return Object.values(exercises).some(({ lesson, passed }) => lesson === id && passed !== undefined);
}

function note(id: string, file: string, change: (known: ExerciseProgress | undefined) => ExerciseProgress): void {
  const progress = readProgress(file);
  save(file, { ...progress, exercises: { ...progress.exercises, [id]: change(progress.exercises[id]) } });
}

/** Writes all or nothing, also if the power fails. A link to the file stays a link. @throws Error that says what to do */
function save(file: string, progress: Progress): void {
  try {
    makeDirectory(dirname(file));
    const target = realpath(file);
    const draft = `${target}.${process.pid}`;
    writeFileSync(draft, `${JSON.stringify(progress, null, 2)}\n`);
    giveToSudoUser(draft);
    renameSync(draft, target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(`The progress cannot be kept in ${file} (${code}). Try: ${otherFolder('state')}.`, {
      cause: error,
    });
  }
}

function realpath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file; // It is not there yet.
  }
}
