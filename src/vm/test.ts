/**
 * `npm run test:vm`: the whole test suite in a throw-away machine, twice: as
 * root, and as an ordinary user. Words choose test files, as for `npm test`.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';

const launcher = join(fileURLToPath(new URL('../..', import.meta.url)), 'bin/lab.cjs');
/** Instructions may be emulated: then it takes ten times as long as on the host. */
const TIMEOUT_S = 3600;

interface Tier {
  readonly title: string;
  readonly options: readonly string[];
  readonly environment: readonly string[];
}

const TIERS: readonly Tier[] = [
  // What a machine with cgroup v2 alone cannot have is skipped by its test; all else must run.
  { title: 'root', options: [], environment: ['KERNEL_TESTS=required'] },
  { title: 'an ordinary user', options: ['--user'], environment: [] },
];

interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Runs one tier, showing what it prints; its counts are in the last line that has such. */
function runTier({ options, environment }: Tier, words: readonly string[]): Promise<Counts> {
  const command = ['env', 'TEST_TIMEOUT=1800', ...environment, 'npm', 'test', '--silent', '--', ...words];
  const child = spawn(
    process.execPath,
    [launcher, 'vm', '--memory', '3g', '--timeout', String(TIMEOUT_S), '--boot-timeout', '300', ...options, ...command],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
    process.stdout.write(chunk);
  });
  return new Promise((resolve) => {
    child.on('close', (status) => resolve(countsOf(stripVTControlCharacters(output), status)));
  });
}

/** No counts, or a status that they do not explain, is one failure. */
function countsOf(output: string, status: number | null): Counts {
  const last = [...output.matchAll(/^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/gm)].at(-1);
  const [passed, failed, skipped] = [Number(last?.[1] ?? 0), Number(last?.[2] ?? 0), Number(last?.[3] ?? 0)];
  return { passed, failed: failed === 0 && (status !== 0 || !last) ? 1 : failed, skipped };
}

async function main(words: readonly string[]): Promise<void> {
  const results: Counts[] = [];
  for (const tier of TIERS) {
    console.log(`In the machine, as ${tier.title}:`);
    results.push(await runTier(tier, words));
  }
  console.log('');
  for (const [index, { passed, failed, skipped }] of results.entries()) {
    console.log(`as ${TIERS[index]?.title}: ${passed} passed, ${failed} failed, ${skipped} skipped`);
  }
  const sum = (key: keyof Counts) => results.reduce((total, counts) => total + counts[key], 0);
  console.log(`\n${sum('passed')} passed, ${sum('failed')} failed`);
  process.exitCode = sum('failed') > 0 ? 1 : 0;
}

void main(process.argv.slice(2));
