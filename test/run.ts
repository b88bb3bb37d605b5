/**
 * `npm test`: types, lint, the native library, unit tests, kernel tests.
 * `npm test -- pid mount` runs only the test files whose path holds such a word,
 * those of the first word first.
 *
 * As many as there are processors, and one more, run side by side, or `--jobs N`; each
 * kernel test file on a host of its own. Where none can be had, kernel test files run
 * one after the other.
 *
 * uvu is content with no file and with a file that forgot `test.run()`. Here a
 * file counts only by the totals that it prints, and none is a failure.
 *
 * TEST_FOLDER is the folder that holds `unit` and `kernel`, TEST_TIMEOUT the
 * seconds that a file may take: test/unit/runner tries this runner with them.
 * After TEST_BUDGET seconds no further file is begun; those left are named.
 */
import { existsSync, readdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { runCommand } from './command.ts';
import { type Counts, countsLine, countsOfUvu, sum } from './counts.ts';
import { runOnHost, whyNoHost } from './host.ts';
import { missingLine, missingPackages } from './packages.ts';
import { sideBySide } from './side-by-side.ts';

const top = join(dirname(fileURLToPath(import.meta.url)), '..');
const folder = resolve(top, process.env.TEST_FOLDER ?? 'test');
const TIMEOUT_S = Number(process.env.TEST_TIMEOUT ?? 600);
const BUDGET_S = Number(process.env.TEST_BUDGET ?? Number.POSITIVE_INFINITY);

const LOADER = join(top, 'bin/tsx.mjs');
// The tests say themselves where what they try was typed.
delete process.env.INIT_CWD;

const NATIVE_BUILD = [process.execPath, 'native/build.mjs'];
const CHECKS: readonly [string, readonly string[]][] = [
  ['types', ['node_modules/.bin/tsc', '-p', '.']],
  ['types of the exercises', ['node_modules/.bin/tsc', '-p', 'exercises']],
  ['lint', ['node_modules/.bin/biome', 'check', '--error-on-warnings', '.']],
];

/** Files that take long, the longest first: so they begin first. */
const LONG = [
  ...['rootfs-debian', 'robust-kills', 'hostile', 'command-line', 'grade-class', 'workshop-transcripts', 'grade'],
  ...[
    'slips',
    'lessons-transcripts/07-cgroups',
    'lessons-transcripts/07-cgroups-versions',
    'robust-many',
    'rootfs-early',
    'rootless',
    'workshop-slides',
  ],
];
/**
 * Files that run by themselves, after all others: two look at what happens when at a terminal; one makes cgroups that
 * look like those of others.
 */
const ALONE = ['terminal', 'exercises-watch', 'clean'];
/** Files that fetch from other machines. */
const FETCHING = ['rootfs-debian'];

interface Task {
  readonly name: string;
  readonly command: readonly string[];
  /** That of its host, if it runs on one. */
  readonly network?: 'own' | 'machine';
  readonly judge: (status: number | null, output: string) => Counts;
}

interface Result {
  readonly name: string;
  readonly counts: Counts;
  readonly seconds: number;
  readonly output: string;
}

function checkTask(name: string, command: readonly string[]): Task {
  const judge = (status: number | null) => ({ passed: Number(status === 0), failed: Number(status !== 0), skipped: 0 });
  return { name, command, judge };
}

function fileTask(path: string): Task {
  const command = [process.execPath, '--import', LOADER, path];
  return { name: relative(folder, path), command, judge: (status, output) => countsOfUvu(output, status) };
}

function hostTask(path: string): Task {
  return { ...fileTask(path), network: FETCHING.some(hasName(path)) ? 'machine' : 'own' };
}

function testFiles(kind: string, words: readonly string[]): string[] {
  const start = join(folder, kind);
  if (!existsSync(start)) return [];
  return readdirSync(start, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(start, name))
    .filter((path) => words.length === 0 || rank(path, words) >= 0)
    .sort()
    .sort((one, other) => length(one) - length(other));
}

/** The number of the first word that a path holds, or -1. */
function rank(path: string, words: readonly string[]): number {
  return words.findIndex((word) => relative(top, path).includes(word));
}

const hasName = (path: string) => (name: string) => relative(folder, path) === `kernel/${name}.test.ts`;

/** The place of a file among those that take long. */
function length(path: string): number {
  const index = LONG.findIndex(hasName(path));
  return index < 0 ? LONG.length : index;
}

function isAlone(path: string): boolean {
  return ALONE.some(hasName(path));
}

const results: Counts[] = [];
let doctor = '';

function report({ name, counts, seconds, output }: Result): void {
  results.push(counts);
  const { passed, failed, skipped } = counts;
  const parts = [`${passed} passed`, failed && `${failed} failed`, skipped && `${skipped} skipped`].filter(Boolean);
  console.log(`${failed ? '✗' : '✓'} ${name}: ${parts.join(', ')} (${seconds.toFixed(1)} s)`);
  for (const line of output.split('\n').filter((text) => text.startsWith('skipped: '))) console.log(`    ${line}`);
  if (failed) console.log(output.replace(/^/gm, '    '));
}

/** What `npm run doctor` says, for all files: each would ask it. Empty if it says nothing. */
async function examine(onHost: boolean): Promise<string> {
  const command = [process.execPath, join(top, 'bin/lab.cjs'), 'doctor', '--json'];
  const circumstances = { timeoutS: TIMEOUT_S };
  const { output } = onHost ? await runOnHost(command, circumstances) : await runCommand(command, circumstances);
  return /\{.*\}/s.exec(output)?.[0] ?? '';
}

async function perform({ name, command, network, judge }: Task): Promise<Result> {
  const start = performance.now();
  // Without a way out no certificates are needed, and Node.js 20 parses those of this file at every start.
  const certificates: Record<string, string> = network === 'own' ? { NODE_EXTRA_CA_CERTS: '' } : {};
  // What a test starts by tsx does without tsx's cache, which lies in a folder that everybody may write.
  const env = { ...certificates, TSX_DISABLE_CACHE: '1', TEST_DOCTOR: doctor };
  const circumstances = { timeoutS: TIMEOUT_S, env };
  const { status, output, leftovers } = network
    ? await runOnHost(command, circumstances, network)
    : { ...(await runCommand(command, circumstances)), leftovers: [] };
  const seconds = (performance.now() - start) / 1000;
  const counts = judge(status, output);
  if (leftovers.length === 0) return { name, counts, seconds, output };
  const left = leftovers.map((line) => `left behind: ${line}`).join('\n');
  return { name, counts: { ...counts, failed: counts.failed + 1 }, seconds, output: `${output}\n${left}` };
}

/** Runs tasks side by side as far as the time reaches, and names those that are left. */
async function performAll(tasks: readonly Task[], jobs: number): Promise<void> {
  const left: string[] = [];
  const begin = async (task: Task) => {
    if (performance.now() / 1000 <= BUDGET_S) return perform(task);
    left.push(task.name);
    return null;
  };
  await sideBySide(tasks, jobs, begin, (result) => result && report(result));
  if (left.length > 0) console.log(`not run, since ${BUDGET_S} s are over: ${left.join(', ')}`);
}

async function main(words: readonly string[], jobs: number): Promise<void> {
  const lacking = missingLine(missingPackages());
  if (lacking) console.log(lacking.text);
  if (lacking?.canRun === false) {
    console.log('\n0 passed, 1 failed');
    process.exitCode = 1;
    return;
  }
  const inOrder = (files: readonly string[]) => files.toSorted((one, other) => rank(one, words) - rank(other, words));
  const unit = testFiles('unit', words);
  const kernel = testFiles('kernel', words);
  const whyNot = kernel.length > 0 ? await whyNoHost() : undefined;
  if (whyNot)
    console.log(`Kernel test files run one after the other, since none can have a host of its own: ${whyNot}`);

  if (words.length === 0) report(await perform(checkTask('native build', NATIVE_BUILD)));
  const asks = kernel.length > 1 && process.env.TEST_FOLDER === undefined && process.geteuid?.() === 0;
  if (asks) doctor = await examine(!whyNot);
  const checks = words.length === 0 ? CHECKS.map(([name, command]) => checkTask(name, command)) : [];
  const isTogether = (path: string) => !whyNot && !isAlone(path);
  const task = (path: string) => (kernel.includes(path) && !whyNot ? hostTask(path) : fileTask(path));
  const together = inOrder([...unit, ...kernel.filter(isTogether)]);
  const alone = inOrder(kernel.filter((path) => !isTogether(path)));
  await performAll([...checks, ...together.map(task)], jobs);
  await performAll(alone.map(task), 1);

  if (unit.length + kernel.length === 0) {
    console.log(`✗ no test file${words.length > 0 ? ` matches ${words.join(' or ')}` : ''}`);
    results.push({ passed: 0, failed: 1, skipped: 0 });
  }
  const total = sum(results);
  console.log(`\n${countsLine(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

/** The words, and how many run side by side. */
function readCommandLine(): { words: string[]; jobs: number } {
  const options = { jobs: { type: 'string', default: String(availableParallelism() + 1) } } as const;
  const { values, positionals } = parseArgs({ options, allowPositionals: true });
  if (!/^[1-9]\d{0,2}$/.test(values.jobs)) throw new Error(`--jobs takes a number from 1 to 999, not ${values.jobs}.`);
  return { words: positionals, jobs: Number(values.jobs) };
}

try {
  const { words, jobs } = readCommandLine();
  await main(words, jobs);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}
