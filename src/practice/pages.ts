/** The texts of an exercise for a terminal. */

import { type Entry, textOf } from '../catalogue/exercises.ts';
import { render, type View } from '../markdown/terminal/render.ts';

export function taskText(entry: Entry, view: View): string {
  return pageText(entry, 'task.md', view);
}

/** Why it worked, and what runc does. */
export function afterText(entry: Entry, view: View): string {
  return pageText(entry, 'after.md', view);
}

function pageText(entry: Entry, file: 'task.md' | 'after.md', view: View): string {
  return render({ path: `exercises/${entry.stem}/${file}`, text: textOf(entry, file) }, view).trimEnd();
}
