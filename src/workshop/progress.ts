/** How far a learner is with the exercises. */
import type { ExerciseProgress, Progress } from '../practice/progress-file.ts';

export interface Standing {
  readonly passed: number;
  readonly of: number;
  /** The exercise that they opened, or passed, last. */
  readonly at?: string;
}

/** `ids` are those of all exercises; what was passed of others does not count. */
export function standingOf({ exercises }: Progress, ids: readonly string[]): Standing {
  const touched = ids
    .map((id) => ({ id, time: lastTime(exercises[id]) }))
    .filter(({ time }) => time !== '')
    .sort((a, b) => (a.time < b.time ? -1 : 1));
  const at = touched.at(-1)?.id;
  return {
    passed: ids.filter((id) => exercises[id]?.passed !== undefined).length,
    of: ids.length,
    ...(at === undefined ? {} : { at }),
  };
}

function lastTime({ started = '', opened = '', passed = '' }: ExerciseProgress = {}): string {
  return [started, opened, passed].sort().at(-1) ?? '';
}
