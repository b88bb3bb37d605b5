/** The lesson that an exercise belongs to: the progress file knows it by its id. */

import type { Entry } from './exercises.ts';
import { readLibrary } from './lessons.ts';

let ids: ReadonlyMap<number, string> | undefined;

export function lessonOf({ step }: Pick<Entry, 'step'>): string | undefined {
  ids ??= new Map(readLibrary().lessons.map(({ number, id }) => [number, id]));
  return ids.get(step);
}
