/**
 * `npm run test:all`: the tests on this machine, the proof of the exercises, and the
 * tests for arm64 and in a machine with a kernel of its own. What cannot be run here is named, and counts as nothing.
 */
import { runCommand } from './command.ts';
import { type Counts, countsLine, countsOf, sum } from './counts.ts';
import { NOT_HERE } from './not-here.ts';

interface Part {
  readonly title: string;
  readonly words: readonly string[];
  readonly limitS: number;
}

const MINUTE_S = 60;
const PARTS: readonly Part[] = [
  { title: 'host', words: ['test'], limitS: 35 * MINUTE_S },
  { title: 'proof', words: ['run', 'exercises:check'], limitS: 10 * MINUTE_S },
  { title: 'arm64', words: ['run', 'test:arm64'], limitS: 10 * MINUTE_S },
  { title: 'vm', words: ['run', 'test:vm', '--', '--selection'], limitS: 26 * MINUTE_S },
];

/** Runs one part; gives its counts, or why it was not run. */
async function runPart({ title, words, limitS }: Part): Promise<Counts | string> {
  const [verb = '', ...rest] = words;
  const { status, output } = await runCommand(['npm', verb, '--silent', ...rest], {
    timeoutS: limitS,
    hear: (line) => console.log(`${title.padEnd(5)} | ${line}`),
  });
  return status === NOT_HERE ? (output.trim().split('\n').at(-1) ?? '') : countsOf(output, status);
}

async function main(): Promise<void> {
  const results: Counts[] = [];
  const summary: string[] = [];
  for (const part of PARTS) {
    const start = performance.now();
    const result = await runPart(part);
    const minutes = ((performance.now() - start) / 1000 / MINUTE_S).toFixed(1);
    if (typeof result !== 'string') results.push(result);
    summary.push(
      `${part.title}: ${typeof result === 'string' ? `not run: ${result}` : countsLine(result)} (${minutes} min)`,
    );
  }
  const total = sum(results);
  console.log(`\n${summary.join('\n')}\n\n${countsLine(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

void main();
