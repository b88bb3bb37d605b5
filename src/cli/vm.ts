/** `npm run vm`: a command, or a shell, in a throw-away machine with a kernel of its own. */
import { isatty } from 'node:tty';
import { command } from '../command-line/command.ts';
import { printError } from '../command-line/output.ts';
import { runInMachine } from '../vm/boot.ts';
import { FORM, requestOf } from '../vm/options.ts';

export const main = command(FORM, (typed) => {
  const request = requestOf(typed);
  const { user, command: words } = request;
  const terminal = [0, 1, 2].every((fd) => isatty(fd));
  if (terminal && words.length === 0) {
    printError('Starting a machine; nothing in it is kept. `exit` ends it, and Ctrl-] does if nothing else does.');
  }
  return runInMachine(request, { user, terminal, command: words }, printError);
});
