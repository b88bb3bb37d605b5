/**
 * The exercises: the folders `exercises/4a-private-mounts`. The id, `4a`, never
 * changes, whatever is added; its number is that of the step.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Exercise } from './exercise.ts';

/** The top of the repository. */
export const top = fileURLToPath(new URL('../..', import.meta.url));
const folder = join(top, 'exercises');

/** The learner's files. LAB_WORKSPACE is another place for them: tests keep away from the learner's. */
export function workspaceDirectory(): string {
  return process.env.LAB_WORKSPACE || join(top, 'workspace');
}

const NAME = /^((\d+)[a-z])-([a-z0-9-]+)$/;

export interface Entry extends Exercise {
  /** `4a`. */
  readonly id: string;
  readonly step: number;
  /** `4a-private-mounts`, which is also the name of a submission's file, with `.ts`. */
  readonly stem: string;
  readonly directory: string;
}

/** The ids of all exercises, found without loading any. */
export function exerciseIds(from = folder): string[] {
  const names = existsSync(from) ? readdirSync(from) : [];
  return names.flatMap((stem) => NAME.exec(stem)?.[1] ?? []);
}

/** All exercises, in their order. */
export async function catalogue(from = folder): Promise<readonly Entry[]> {
  const names = existsSync(from) ? readdirSync(from).sort() : [];
  const entries = names.map(async (stem): Promise<Entry[]> => {
    const [, id, step] = NAME.exec(stem) ?? [];
    if (!id) return [];
    const directory = join(from, stem);
    const { exercise } = await load<{ exercise: Exercise }>(join(directory, 'exercise.ts'));
    return [{ ...exercise, id, step: Number(step), stem, directory }];
  });
  return (await Promise.all(entries)).flat().sort((a, b) => a.step - b.step || a.id.localeCompare(b.id));
}

/** The kit's commands are CommonJS, its tests ES modules: neither must load the other's copy of the kit. */
export async function load<Exports>(file: string): Promise<Exports> {
  return typeof require === 'function' ? require(file) : import(pathToFileURL(file).href);
}

export function textOf({ directory }: Entry, file: 'task.md' | 'starter.ts' | 'solution.ts' | 'after.md'): string {
  return readFileSync(join(directory, file), 'utf8');
}
