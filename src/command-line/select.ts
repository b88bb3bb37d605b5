/** A menu at the terminal. */
import { setImmediate } from 'node:timers';
import { interruptible } from './interruption.ts';
import { Suspension, setRawMode } from './suspension.ts';

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
  const menu = new Select({ message, choices, ...(initial && { initial }) });
  const cancel = () => void menu.cancel();
  return interruptible(async (signal) => {
    signal.addEventListener('abort', cancel);
    process.stdin.on('end', cancel).on('error', cancel);
    const suspension = new Suspension(
      () => setRawMode(false),
      () => setImmediate(resume),
    );
    // readline, below the menu, pauses the input when the job goes on.
    const resume = () => {
      setRawMode(true);
      process.stdin.resume();
      menu.render();
    };
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
