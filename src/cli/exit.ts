/** From the outcome of a command to an exit status. */
import { printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';

const USAGE = 2;
const FAILURE = 1;

/** Runs a command; what it throws becomes a message and a status. */
export async function exitWith(command: () => Promise<number>): Promise<void> {
  try {
    process.exitCode = await command();
  } catch (error) {
    printError(error instanceof Error ? error.message : String(error));
    process.exitCode = error instanceof UsageError ? USAGE : FAILURE;
  }
}
