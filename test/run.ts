/**
 * `npm test`: types, lint, the native library, unit tests, kernel tests.
 * `npm test -- pid mount` runs only the test files whose path holds such a word,
 * those of the first word first.
 *
 * uvu is content with no file and with a file that forgot `test.run()`. Here a
 * file counts only by the totals that it prints, and none is a failure.
 *
 * TEST_FOLDER is the folder that holds `unit` and `kernel`, TEST_TIMEOUT the
 * seconds that a file may take: test/unit/runner tries this runner with them.
 * After TEST_BUDGET seconds no further file is begun; those left are named.
 */
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCommand } from './command.ts';
import { type Counts, countsLine, countsOfUvu, sum } from './counts.ts';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(top, process.env.TEST_FOLDER ?? 'test');
const TIMEOUT_S = Number(process.env.TEST_TIMEOUT ?? 600);
const BUDGET_S = Number(process.env.TEST_BUDGET ?? Number.POSITIVE_INFINITY);

const CHECKS: readonly [string, readonly string[]][] = [
  ['types', ['node_modules/.bin/tsc', '-p', '.']],
  ['types of the exercises', ['node_modules/.bin/tsc', '-p', 'exercises']],
  ['lint', ['node_modules/.bin/biome', 'check', '--error-on-warnings', '.']],
  ['native build', [process.execPath, 'native/build.mjs']],
];

function testFiles(kind: string, words: readonly string[]): string[] {
  const start = join(folder, kind);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(start, name))
    .filter((path) => words.length === 0 || rank(path, words) >= 0)
    .sort();
}

/** The number of the first word that a path holds, or -1. */
function rank(path: string, words: readonly string[]): number {
  return words.findIndex((word) => relative(top, path).includes(word));
}

const results: Counts[] = [];

function report(name: string, counts: Counts, seconds: number, output: string): void {
  results.push(counts);
  const { passed, failed, skipped } = counts;
  const parts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean);
  console.log(`${failed ? '✗' : '✓'} ${name}: ${parts.join(', ')} (${seconds.toFixed(1)} s)`);
  for (const line of output.split('\n').filter((text) => text.startsWith('skipped: '))) console.log(`    ${line}`);
  if (failed) console.log(output.replace(/^/gm, '    '));
}

async function timed(
  name: string,
  command: readonly string[],
  judge: (status: number | null, output: string) => Counts,
): Promise<void> {
  const start = performance.now();
  const { status, output } = await runCommand(command, { timeoutS: TIMEOUT_S });
  report(name, judge(status, output), (performance.now() - start) / 1000, output);
}

async function main(words: readonly string[]): Promise<void> {
  const files = [...testFiles('unit', words), ...testFiles('kernel', words)].sort(
    (one, other) => rank(one, words) - rank(other, words),
  );

  if (words.length === 0) {
    for (const [name, command] of CHECKS) {
      await timed(name, command, (status) => ({
        passed: Number(status === 0),
        failed: Number(status !== 0),
        skipped: 0,
      }));
    }
  }
  for (const [index, file] of files.entries()) {
    if (performance.now() / 1000 > BUDGET_S) {
      const left = files.slice(index).map((path) => relative(folder, path));
      console.log(`not run, since ${BUDGET_S} s are over: ${left.join(', ')}`);
      break;
    }
    await timed(relative(folder, file), [process.execPath, '--import', 'tsx', file], (status, output) =>
      countsOfUvu(output, status),
    );
  }
  if (files.length === 0) {
    console.log(`✗ no test file${words.length > 0 ? ` matches ${words.join(' or ')}` : ''}`);
    results.push({ passed: 0, failed: 1, skipped: 0 });
  }

  const total = sum(results);
  console.log(`\n${countsLine(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

void main(process.argv.slice(2));
