/** The lesson that an exercise belongs to: the progress file knows it by its id. */
import { readLibrary } from '../lessons/library.ts';
import type { Entry } from './catalogue.ts';

let ids: ReadonlyMap<number, string> | undefined;

export function lessonOf({ step }: Pick<Entry, 'step'>): string | undefined {
  ids ??= new Map(readLibrary().lessons.map(({ number, id }) => [number, id]));
  return ids.get(step);
}
