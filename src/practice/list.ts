/** The exercises in a list, with marks. */

import type { Entry } from '../catalogue/exercises.ts';
import type { ExerciseProgress, Progress } from './progress.ts';

/** `✓ 4a  Private mounts (find the bug, passed)`. */
export function entryLine({ id, title, kind }: Entry, { exercises }: Progress): string {
  const state = stateOf(exercises[id]);
  return `${MARKS[state]} ${id}  ${title} (${[kind, ...(state === 'new' ? [] : [state])].join(', ')})`;
}

export type State = 'passed' | 'started' | 'new';

export function stateOf(known: ExerciseProgress | undefined): State {
  if (known?.passed !== undefined) return 'passed';
  return known?.started === undefined ? 'new' : 'started';
}

const MARKS: Readonly<Record<State, string>> = { passed: '✓', started: '·', new: ' ' };
