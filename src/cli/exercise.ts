/** `npm run exercise 4`: an exercise to work on. `npm run exercise`: which there are, and what has been passed. */
import { isatty } from 'node:tty';
import { catalogue, type Entry } from '../catalogue/exercises.ts';
import { type Command, command } from '../command-line/command.ts';
import { print, printError } from '../command-line/output.ts';
import { select } from '../command-line/select.ts';
import { terminalView } from '../markdown/terminal/screen.ts';
import { chooseExercise, currentExercise } from '../practice/choose.ts';
import { callsHint, entryLine, taskText, watchCommand } from '../practice/exercise-text.ts';
import type { Progress } from '../practice/progress-file.ts';
import { ProgressNotes } from '../practice/progress-notes.ts';
import { Workspace } from '../practice/workspace.ts';
import { main as watch } from './watch.ts';

const begun = command(
  {
    name: 'exercise',
    purpose: 'Puts the starter of an exercise into workspace/ and shows the task; then: npm run watch',
    words: { shown: '[STEP|ID]', most: 1 },
  },
  async ({ words: [word] }) => {
    const entries = await catalogue();
    const notes = new ProgressNotes(printError);
    const progress = notes.progress();
    const chosen = word === undefined ? await menu(entries, progress) : chooseExercise(word, entries, progress);
    if (chosen) begin(chosen, notes);
    return 0;
  },
);

/** `npm run exercise watch 4a` is `npm run watch 4a`. */
export const main: Command = ([word, ...rest]) =>
  word === 'watch' ? watch(rest) : begun(word === undefined ? [] : [word, ...rest]);

function begin(entry: Entry, notes: ProgressNotes): void {
  const workspace = new Workspace();
  const isNew = workspace.prepare(entry);
  notes.opened(entry);
  const view = terminalView();
  const state = isNew ? 'the starter' : 'yours, as you left it';
  print(taskText(entry, view));
  print(`\nYour file: ${view.style.link(workspace.shown(entry))} (${state})`);
  print(callsHint(view));
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
