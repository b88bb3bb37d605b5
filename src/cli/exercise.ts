/** `npm run exercise 4`: an exercise to work on. `npm run exercise`: which there are, and what has been passed. */
import { isatty } from 'node:tty';
import { catalogue, type Entry } from '../catalogue/exercises.ts';
import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { chooseExercise, currentExercise } from '../practice/choose.ts';
import { entryLine, taskText, watchCommand } from '../practice/exercise-text.ts';
import type { Progress } from '../practice/progress-file.ts';
import { ProgressNotes } from '../practice/progress-notes.ts';
import { Workspace } from '../practice/workspace.ts';
import { select } from './select.ts';
import { terminalView } from './terminal-view.ts';
import { watch } from './watch.ts';

export async function exercise(words: string[]): Promise<number> {
  const [word, ...rest] = words;
  if (word === 'watch') return watch(rest);
  const unknown = rest[0] ?? (word?.startsWith('-') ? word : undefined);
  if (unknown !== undefined)
    throw new UsageError(`exercise does not know ${unknown}. Usage: npm run exercise [STEP|ID], or npm run watch [ID]`);
  const entries = await catalogue();
  const notes = new ProgressNotes(printError);
  const progress = notes.progress();
  const chosen = word === undefined ? await menu(entries, progress) : chooseExercise(word, entries, progress);
  if (chosen) begin(chosen, notes);
  return 0;
}

function begin(entry: Entry, notes: ProgressNotes): void {
  const workspace = new Workspace();
  const isNew = workspace.prepare(entry);
  notes.opened(entry);
  const view = terminalView();
  const state = isNew ? 'the starter' : 'yours, as you left it';
  print(taskText(entry, view));
  print(`\nYour file: ${view.style.link(workspace.shown(entry))} (${state})`);
  print(`Open it in an editor, and beside it type: ${view.style.code(watchCommand(entry))}`);
}

/** Lists the exercises; at a terminal the learner may choose one. */
async function menu(entries: readonly Entry[], progress: Progress): Promise<Entry | undefined> {
  const choices = entries.map((entry) => ({ name: entry.id, message: entryLine(entry, progress) }));
  if (!isatty(0) || !isatty(1)) {
    for (const { message } of choices) print(message);
    if (choices.length === 0) print('There are no exercises yet.');
    return undefined;
  }
  const current = currentExercise(entries, progress, new Workspace());
  const id = await select('Which exercise?', choices, current?.id);
  return entries.find((entry) => entry.id === id);
}
