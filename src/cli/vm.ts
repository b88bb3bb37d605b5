/** `npm run vm`: a command, or a shell, in a throw-away machine with a kernel of its own. */
import { isatty } from 'node:tty';
import { print, printError } from '../command-line/output.ts';
import { runInMachine } from '../vm/boot.ts';
import { HELP, parseVmOptions } from '../vm/options.ts';

export async function vm(words: string[]): Promise<number> {
  if (words[0] === '--help') {
    print(HELP);
    return 0;
  }
  const request = parseVmOptions(words);
  const { user, command } = request;
  const terminal = [0, 1, 2].every((fd) => isatty(fd));
  if (terminal && command.length === 0) {
    printError('Starting a machine; nothing in it is kept. `exit` ends it, and Ctrl-] does if nothing else does.');
  }
  return runInMachine(request, { user, terminal, command }, printError);
}
