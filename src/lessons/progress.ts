/**
 * What has been read and passed: one readable file,
 * $XDG_STATE_HOME/container-lab/progress.json, that can be copied to another
 * machine. What this version does not know in it is kept.
 */
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

export interface Progress {
  readonly version: 1;
  /** By the lesson's id, `mount`. Times are ISO 8601. */
  readonly lessons: Readonly<Record<string, { readonly read?: string }>>;
  /** By the exercise's id. */
  readonly exercises: Readonly<Record<string, { readonly lesson?: string; readonly passed?: string }>>;
}

const NOTHING: Progress = { version: 1, lessons: {}, exercises: {} };

export function progressFile(environment = process.env): string {
  const state = environment.XDG_STATE_HOME || join(environment.HOME || homedir(), '.local/state');
  return join(state, 'container-lab/progress.json');
}

/** @throws Error if the file is there but is none of ours: it is never overwritten then */
export function readProgress(file = progressFile()): Progress {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return NOTHING;
    throw new Error(`The progress cannot be read: ${(error as Error).message}`);
  }
  try {
    const progress = JSON.parse(text);
    if (progress?.version === NOTHING.version) return { ...NOTHING, ...progress };
  } catch {
    // Said below.
  }
  throw new Error(`${file} is no progress file of version ${NOTHING.version}. Mend it, or move it away to start anew.`);
}

/** Notes that a lesson was read; the first time counts. */
export function markRead(id: string, file = progressFile(), now = new Date()): void {
  const progress = readProgress(file);
  const lesson = progress.lessons[id];
  if (lesson?.read !== undefined) return;
  const lessons = { ...progress.lessons, [id]: { ...lesson, read: now.toISOString() } };
  save(file, { ...progress, lessons });
}

/** Whether the lesson has exercises that were passed. */
export function hasPassed({ exercises }: Progress, id: string): boolean {
  return Object.values(exercises).some(({ lesson, passed }) => lesson === id && passed !== undefined);
}

/** All or nothing, whenever the power fails. */
function save(file: string, progress: Progress): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, `${JSON.stringify(progress, null, 2)}\n`);
  renameSync(draft, file);
}
