/** A menu at the terminal. */
import { setImmediate } from 'node:timers';
import { interruptible } from './interruption.ts';
import { writeError } from './output.ts';
import { Suspension, setRawMode } from './suspension.ts';

const SHOW_CURSOR = '\x1b[?25h';
const HIDE_CURSOR = '\x1b[?25l';

export interface Choice {
  /** What choosing it returns. */
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
  /** Why it cannot be chosen, if so. */
  readonly disabled?: string | boolean;
}

/**
 * Lets the user choose with the arrow keys; undefined if the menu was
 * cancelled, or the terminal is gone. `initial` is chosen at first.
 * @throws Interrupted if a signal ended it
 */
export async function select(
  message: string,
  choices: readonly Choice[],
  initial?: string,
): Promise<string | undefined> {
  // enquirer takes a moment to load, and only menus need it.
  const { Select } = require('enquirer');
  return interruptible(async (signal) => {
    const menu = new Select({ message, choices, ...(initial && { initial }) });
    const cancel = () => void menu.cancel();
    process.stdin.on('end', cancel).on('error', cancel);
    // The shell goes on below the menu, which is drawn anew when the job goes on.
    const leave = () => {
      setRawMode(false);
      writeError(`\x1b[${choices.length}B\n${SHOW_CURSOR}`);
      menu.state.buffer = '';
    };
    // At SIGINT and SIGTERM enquirer ends the process after this, before it has drawn anything.
    signal.addEventListener('abort', () => {
      leave();
      cancel();
    });
    // readline, below the menu, pauses the input then.
    const resume = () => {
      setRawMode(true);
      process.stdin.resume();
      writeError(HIDE_CURSOR);
      menu.render();
    };
    const suspension = new Suspension(leave, () => setImmediate(resume));
    try {
      return await menu.run();
    } catch {
      signal.throwIfAborted();
      return undefined;
    } finally {
      suspension.end();
      process.stdin.off('end', cancel).off('error', cancel).pause();
    }
  }, 'Interrupted: nothing was started.');
}
