/** `npm run progress`: what has been read, begun and passed. */
import { catalogue } from '../catalogue/exercises.ts';
import { print } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { progressFile, readProgress } from '../practice/progress-file.ts';
import { overview, overviewText } from '../practice/progress-table.ts';
import { terminalView } from './terminal-view.ts';

const USAGE = 'Usage: npm run progress [-- --json]';

/** Gives 0. @throws UsageError for an unknown option, Error for a progress file that is none */
export async function progress(words: string[]): Promise<number> {
  const unknown = words.find((word) => word !== '--json');
  if (unknown !== undefined) throw new UsageError(`progress does not know ${unknown}. ${USAGE}`);
  // npm keeps an option that stands before `--` for itself, and says so here.
  const asJson = words.includes('--json') || process.env.npm_config_json === 'true';
  const file = progressFile();
  const known = overview(await catalogue(), readProgress(file));
  if (asJson) print(JSON.stringify({ file, ...known }, null, 2));
  else print(`${overviewText(known, terminalView())}\nIt is kept in ${file}, which you can take to another machine.`);
  return 0;
}
