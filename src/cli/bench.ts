/** `npm run bench`: how fast the kit is, side by side with C and with other tools. */
import { Interrupted, watchSignals } from '../../bench/interruption.ts';
import { machineLine, thisMachine } from '../../bench/machine.ts';
import { sectionText } from '../../bench/report.ts';
import { FULL, QUICK, runBenchmark, writeResults } from '../../bench/run.ts';
import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';

const OPTIONS = ['--quick', '--json'];

/** Gives 0 when it has measured, whatever the figures. @throws UsageError for an unknown option. */
export async function bench(words: string[]): Promise<number> {
  const unknown = words.find((word) => !OPTIONS.includes(word));
  if (unknown !== undefined) {
    throw new UsageError(`bench does not know ${unknown}. Usage: npm run bench [-- --quick] [--json]`);
  }
  const json = words.includes('--json');
  const quick = words.includes('--quick');
  watchSignals();
  if (process.geteuid?.() !== 0) printError('Without root only a part can be measured.');
  if (!json) print(`${machineLine(thisMachine())}\n\nThis takes ${quick ? 'half a minute' : 'about two minutes'}.`);
  try {
    const results = await runBenchmark(quick ? QUICK : FULL, {
      onProgress: printError,
      onSection: (section) => {
        if (!json) print(`\n${sectionText(section)}`);
      },
    });
    const path = writeResults(results);
    if (json) print(JSON.stringify(results, null, 2));
    else print(path ? `\nThe same for machines: ${path}` : '\nThe same for machines: with --json.');
    return 0;
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    printError(error.message);
    return error.status;
  }
}
