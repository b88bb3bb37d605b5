/**
 * `npm run test:all`: the tests on this machine, the proof of the exercises, and the
 * tests for arm64 and in a machine with a kernel of its own. What cannot be run here
 * is named, and counts as nothing. What failed is said once more at the end.
 */
import { runCommand } from './command.ts';
import { type Counts, countsLine, countsOf, sum } from './counts.ts';
import { failuresIn } from './failures.ts';
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

interface Result {
  readonly counts: Counts;
  /** Its counts, or why it was not run. */
  readonly verdict: string;
  /** What it said of its failures. */
  readonly failures: readonly string[];
}

function labelled({ title }: Part, line: string): string {
  return `${title.padEnd(5)} | ${line}`;
}

async function runPart(part: Part): Promise<Result> {
  const [verb = '', ...rest] = part.words;
  const { status, output } = await runCommand(['npm', verb, '--silent', ...rest], {
    timeoutS: part.limitS,
    hear: (line) => console.log(labelled(part, line)),
  });
  if (status === NOT_HERE) {
    return { counts: sum([]), verdict: `not run: ${output.trim().split('\n').at(-1)}`, failures: [] };
  }
  const counts = countsOf(output, status);
  const failures = counts.failed > 0 ? failuresIn(output) : [];
  return { counts, verdict: countsLine(counts), failures: failures.map((line) => labelled(part, line)) };
}

async function main(): Promise<void> {
  const results: Result[] = [];
  const summary: string[] = [];
  for (const part of PARTS) {
    const start = performance.now();
    const result = await runPart(part);
    results.push(result);
    const minutes = ((performance.now() - start) / 1000 / MINUTE_S).toFixed(1);
    summary.push(`${part.title}: ${result.verdict} (${minutes} min)`);
  }
  const failures = results.flatMap((result) => result.failures);
  if (failures.length > 0) console.log(`\nWhat failed:\n${failures.join('\n')}`);
  const total = sum(results.map(({ counts }) => counts));
  console.log(`\n${summary.join('\n')}\n\n${countsLine(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

void main();
