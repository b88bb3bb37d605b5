/** A command of the kit, from its words to its exit status. */
import { closeSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { isatty } from 'node:tty';
import { fileURLToPath } from 'node:url';
import { processGroups } from '../proc/stat.ts';
import { Interrupted } from './interruption.ts';
import { type Form, helpText, keptByNpm, type Option, parse, type Typed } from './options.ts';
import { print, printProse } from './output.ts';
import { UsageError } from './usage-error.ts';

const kit = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const USAGE = 2;
const FAILURE = 1;

/** Takes the words that were typed, and returns the exit status. */
export type Command = (words: readonly string[]) => Promise<number>;

/** A command that takes what its form says, and `--help`. `run` starts only if all of it was understood. */
export function command<Row extends Option>(
  form: Form<Row>,
  run: (typed: Typed<Row>) => number | Promise<number>,
): Command {
  return async (words) => {
    const typed = parse(form, [...keptByNpm(form, words), ...words]);
    if (!typed.wantsHelp) return run(typed);
    print(helpText(form));
    return 0;
  };
}

/** Runs a command; what it throws becomes a message and a status. */
export async function exitWith(run: () => Promise<number>): Promise<void> {
  enterTypedFolder();
  try {
    process.exitCode = await run();
  } catch (error) {
    printProse(error instanceof Error ? error.message : String(error));
    process.exitCode = statusOf(error);
  }
  process.on('exit', leaveTerminalAsItIs);
}

/**
 * At its end Node.js gives a terminal the settings back that it had at the start.
 * In the background that is not ours to do: a shell that waits for a line there
 * would no longer show what is typed. Nor is it where our output goes to another
 * program: it may be a pager, which has the terminal. What has become another file
 * Node leaves alone; what is closed, libraries that end after this stumble over.
 */
function leaveTerminalAsItIs(): void {
  const { group, foreground } = processGroups();
  if (group === foreground && isatty(1)) return;
  for (const descriptor of [0, 1, 2].filter((one) => isatty(one))) {
    closeSync(descriptor);
    openSync('/dev/null', 'r+'); // It gets the number that has become free.
  }
}

/**
 * npm starts a script in the kit's folder, and says where it was called: what
 * was typed is meant from there. What starts us elsewhere is no such npm.
 */
function enterTypedFolder(): void {
  if (process.env.INIT_CWD === undefined || process.cwd() !== kit) return;
  try {
    process.chdir(process.env.INIT_CWD);
  } catch {
    // It is gone, or not for this user.
  }
}

function statusOf(error: unknown): number {
  if (error instanceof Interrupted) return error.status;
  return error instanceof UsageError ? USAGE : FAILURE;
}
