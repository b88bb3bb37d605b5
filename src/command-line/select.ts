/** A menu at the terminal. */

export interface Choice {
  /** What choosing it returns. */
  readonly name: string;
  readonly message: string;
  readonly hint?: string;
  /** Why it cannot be chosen, if so. */
  readonly disabled?: string | boolean;
}

/** Lets the user choose with the arrow keys; undefined if the menu was cancelled. `initial` is chosen at first. */
export async function select(
  message: string,
  choices: readonly Choice[],
  initial?: string,
): Promise<string | undefined> {
  // enquirer takes a moment to load, and only menus need it.
  const { Select } = require('enquirer');
  try {
    return await new Select({ message, choices, ...(initial && { initial }) }).run();
  } catch {
    return undefined;
  } finally {
    process.stdin.pause();
  }
}
