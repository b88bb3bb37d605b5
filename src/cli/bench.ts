/** `npm run bench`: how fast the kit is, side by side with C and with other tools. */
import { machineLine, thisMachine } from '../../bench/machine.ts';
import { sectionText } from '../../bench/report.ts';
import { FULL, QUICK, runBenchmark, writeResults } from '../../bench/run.ts';
import { command } from '../command-line/command.ts';
import { interruptible } from '../command-line/interruption.ts';
import { AS_JSON, flag } from '../command-line/options.ts';
import { print, printError } from '../command-line/output.ts';

const IS_QUICK = flag('--quick', 'a minute, and rough figures');

/** Returns 0 when it has measured, whatever the figures. */
export const main = command(
  {
    name: 'bench',
    purpose: 'Compares the kit with a C program that makes the same calls, and with other tools.',
    options: [IS_QUICK, AS_JSON],
  },
  async (typed) => {
    const [json, quick] = [typed.has(AS_JSON), typed.has(IS_QUICK)];
    if (process.geteuid?.() !== 0) printError('Without root only a part can be measured.');
    if (!json) print(`${machineLine(thisMachine())}\n\nThis takes ${quick ? 'a minute' : 'about three minutes'}.`);
    const listener = {
      onProgress: printError,
      onSection: (section: Parameters<typeof sectionText>[0]) => {
        if (!json) print(`\n${sectionText(section)}`);
      },
    };
    const results = await interruptible(
      (signal) => runBenchmark(quick ? QUICK : FULL, listener, signal),
      'Interrupted: nothing was recorded.',
    );
    const path = writeResults(results);
    if (json) print(JSON.stringify(results, null, 2));
    else print(path ? `\nThe same for machines: ${path}` : '\nThe same for machines: with --json.');
    return 0;
  },
);
