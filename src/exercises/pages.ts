/** The texts of an exercise for a terminal. */
import { render, type View } from '../lessons/terminal/render.ts';
import { type Entry, textOf } from './catalogue.ts';

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
