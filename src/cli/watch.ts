/** `npm run watch 4a`: checks an exercise at every save, until you quit. */
import wrapAnsi from 'wrap-ansi';
import { catalogue } from '../catalogue/exercises.ts';
import { command } from '../command-line/command.ts';
import { Interrupted, interruptible } from '../command-line/interruption.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { terminalView } from '../markdown/terminal/screen.ts';
import { chooseExercise, currentExercise } from '../practice/choose.ts';
import { ProgressNotes } from '../practice/progress-notes.ts';
import { Keyboard } from '../practice/watch/keyboard.ts';
import { Screen } from '../practice/watch/screen.ts';
import { Watch } from '../practice/watch/watch.ts';
import { Workspace } from '../practice/workspace.ts';
import { requireOwnProc } from '../proc/own.ts';

/** Returns 0, or 128+n when signal n ended it. */
export const main = command(
  {
    name: 'watch',
    purpose: 'Checks an exercise at every save of your file, until you quit.',
    words: { shown: '[STEP|ID]', most: 1 },
  },
  async ({ words: [word] }) => {
    requireOwnProc();
    const entries = await catalogue();
    const hasKeys = Keyboard.isThere();
    const screen = new Screen(hasKeys);
    const notes = new ProgressNotes((line) => screen.print([wrapAnsi(line, terminalView().width)]));
    const workspace = new Workspace();
    const progress = notes.progress();
    const entry =
      word === undefined ? currentExercise(entries, progress, workspace) : chooseExercise(word, entries, progress);
    if (!entry) throw new UsageError('There are no exercises yet.');
    const watching = new Watch(entry, { entries, workspace, notes, screen, hasKeys, view: terminalView });
    return runUntilQuit(watching, hasKeys);
  },
);

async function runUntilQuit(watching: Watch, hasKeys: boolean): Promise<number> {
  const keyboard = hasKeys
    ? new Keyboard(
        (key) => watching.press(key),
        () => watching.quit(),
        () => watching.drawKeys(),
      )
    : undefined;
  try {
    await interruptible(async (signal) => {
      const interrupted = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve()));
      try {
        watching.start();
        await Promise.race([watching.over, interrupted]);
      } finally {
        await watching.stop();
      }
      signal.throwIfAborted();
    });
    return 0;
  } catch (error) {
    if (error instanceof Interrupted) return error.status;
    throw error;
  } finally {
    keyboard?.close();
  }
}
