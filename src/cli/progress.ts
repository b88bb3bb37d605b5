/** `npm run progress`: what has been read, begun and passed. */
import { catalogue } from '../catalogue/exercises.ts';
import { command } from '../command-line/command.ts';
import { AS_JSON } from '../command-line/options.ts';
import { print } from '../command-line/output.ts';
import { terminalView } from '../markdown/terminal/screen.ts';
import { progressFile, readProgress } from '../practice/progress-file.ts';
import { overview, overviewText } from '../practice/progress-table.ts';

/** Returns 0. @throws Error for a progress file that is none */
export const main = command(
  { name: 'progress', purpose: 'Shows what you have read, begun and passed.', options: [AS_JSON] },
  async (typed) => {
    const file = progressFile();
    const known = overview(await catalogue(), readProgress(file));
    if (typed.has(AS_JSON)) print(JSON.stringify({ file, ...known }, null, 2));
    else print(overviewText(known, file, terminalView()));
    return 0;
  },
);
