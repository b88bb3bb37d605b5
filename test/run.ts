/**
 * `npm test`: types, lint, the native library, unit tests, kernel tests.
 * `npm test -- pid mount` runs only the test files whose path holds such a word.
 *
 * uvu is content with no file and with a file that forgot `test.run()`. Here a
 * file counts only by the totals that it prints, and none is a failure.
 *
 * TEST_FOLDER is the folder that holds `unit` and `kernel`, TEST_TIMEOUT the
 * seconds that a file may take: test/unit/runner tries this runner with them.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(top, process.env.TEST_FOLDER ?? 'test');
const TIMEOUT_S = Number(process.env.TEST_TIMEOUT ?? 600);
const GRACE_MS = 3000;
/** The process group of the command that runs, which is the runner's to end. */
let group: number | undefined;

const CHECKS: readonly [string, readonly string[]][] = [
  ['types', ['node_modules/.bin/tsc', '-p', '.']],
  ['types of the exercises', ['node_modules/.bin/tsc', '-p', 'exercises']],
  ['lint', ['node_modules/.bin/biome', 'check', '--error-on-warnings', '.']],
  ['native build', [process.execPath, 'native/build.mjs']],
];

interface Outcome {
  readonly status: number | null;
  readonly output: string;
}

interface Totals {
  passed: number;
  failed: number;
  skipped: number;
}

/** Runs a command to its end, or to the limit; gives its status and all that it printed. */
function run([program = '', ...words]: readonly string[]): Promise<Outcome> {
  return new Promise((finish) => {
    const child = spawn(program, words, {
      cwd: top,
      env: { ...process.env, FORCE_COLOR: '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    group = child.pid;
    let output = '';
    const keep = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    let late = false;
    const giveUp = (reason: string) => {
      late = true;
      output += `\n${reason}`;
      endGroup();
      // Something that left the group may hold the pipes open: no use waiting for it.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(() => giveUp(`no end within ${TIMEOUT_S} s`), TIMEOUT_S * 1000);
    let grace: NodeJS.Timeout | undefined;
    child.on('exit', () => {
      grace = setTimeout(() => giveUp('it has ended, but left a process behind that holds its output'), GRACE_MS);
    });
    child.on('error', (error) => {
      output += error.message;
    });
    child.on('close', (status) => {
      clearTimeout(timer);
      clearTimeout(grace);
      finish({ status: late ? null : status, output });
    });
  });
}

function endGroup(): void {
  try {
    if (group) process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

// The commands have groups of their own, which Ctrl-C does not reach.
for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => {
    endGroup();
    process.exit(status);
  });
}

function testFiles(kind: string, words: readonly string[]): string[] {
  const start = join(folder, kind);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(start, name))
    .filter((path) => words.length === 0 || words.some((word) => relative(top, path).includes(word)))
    .sort();
}

/** What uvu printed of one file, last of all; undefined when it printed no totals. */
function totals(output: string): Totals | undefined {
  const number = (label: string) =>
    Number([...output.matchAll(new RegExp(`^\\s*${label}:\\s+(\\d+)`, 'gm'))].at(-1)?.[1] ?? Number.NaN);
  // Of the tests that were skipped, uvu's total knows nothing.
  const [total, passed, skipped] = [number('Total'), number('Passed'), number('Skipped')];
  return total + skipped > 0 ? { passed, skipped, failed: total - passed } : undefined;
}

const counts: Totals = { passed: 0, failed: 0, skipped: 0 };

function report(name: string, { passed, failed, skipped }: Totals, seconds: number, output: string): void {
  counts.passed += passed;
  counts.failed += failed;
  counts.skipped += skipped;
  const parts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean);
  console.log(`${failed ? '✗' : '✓'} ${name}: ${parts.join(', ')} (${seconds.toFixed(1)} s)`);
  for (const line of output.split('\n').filter((text) => text.startsWith('skipped: '))) console.log(`    ${line}`);
  if (failed) console.log(output.replace(/^/gm, '    '));
}

async function timed(
  name: string,
  command: readonly string[],
  judge: (status: number | null, output: string) => Totals,
): Promise<void> {
  const start = performance.now();
  const { status, output } = await run(command);
  report(name, judge(status, output), (performance.now() - start) / 1000, output);
}

async function main(words: readonly string[]): Promise<void> {
  const files = [...testFiles('unit', words), ...testFiles('kernel', words)];

  if (words.length === 0) {
    for (const [name, command] of CHECKS) {
      await timed(name, command, (status) => ({
        passed: Number(status === 0),
        failed: Number(status !== 0),
        skipped: 0,
      }));
    }
  }
  for (const file of files) {
    await timed(relative(folder, file), [process.execPath, '--import', 'tsx', file], (status, output) => {
      const found = totals(output);
      // Without totals, or with a status that they do not explain, the file itself has failed.
      if (!found) return { passed: 0, failed: 1, skipped: 0 };
      return status !== 0 && found.failed === 0 ? { ...found, failed: 1 } : found;
    });
  }
  if (files.length === 0) {
    console.log(`✗ no test file${words.length > 0 ? ` matches ${words.join(' or ')}` : ''}`);
    counts.failed += 1;
  }

  const skipped = counts.skipped > 0 ? `, ${counts.skipped} skipped` : '';
  console.log(`\n${counts.passed} passed, ${counts.failed} failed${skipped}`);
  process.exitCode = counts.failed > 0 ? 1 : 0;
}

void main(process.argv.slice(2));
