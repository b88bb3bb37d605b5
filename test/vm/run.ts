/**
 * `npm run test:vm`: the whole test suite in a throw-away machine, twice: as
 * root, and as an ordinary user. Words choose test files, as for `npm test`.
 * `--selection` chooses them where the whole would take hours: without KVM.
 */
import { fileURLToPath } from 'node:url';
import { prepareMachine } from '../../src/vm/boot.ts';
import { runCommand } from '../command.ts';
import { type Counts, countsLine, countsOf, sum } from '../counts.ts';
import { exitNotHere } from '../not-here.ts';
import { FOR_ROOT, FOR_USER } from './selection.ts';

const vm = [process.execPath, fileURLToPath(new URL('../../bin/lab.cjs', import.meta.url)), 'vm'];
const BOOT_TIMEOUT_S = 300;
/** Instructions may be emulated: then it takes several times as long as on the host. */
const TIMEOUT_S = 3600;
/** Seconds for a file, and how many times longer than usual the tests wait. */
const EMULATED = ['TEST_TIMEOUT=1800', 'TEST_PATIENCE=5'];
/** Seconds after which a tier begins no other file. */
const BUDGET_S = 300;
/** For the machine to end itself before it is ended. */
const GRACE_S = 60;

interface Tier {
  readonly title: string;
  readonly options: readonly string[];
  readonly environment: readonly string[];
  readonly selection: readonly string[];
}

const TIERS: readonly Tier[] = [
  // What a machine with cgroup v2 alone cannot have is skipped by its test; all else must run.
  { title: 'root', options: [], environment: ['KERNEL_TESTS=required'], selection: FOR_ROOT },
  { title: 'an ordinary user', options: ['--user'], environment: [], selection: FOR_USER },
];

/** What the tests of both tiers are told: words, or else those of the tier's selection, and variables of the environment. */
interface Manner {
  readonly words: readonly string[] | undefined;
  readonly environment: readonly string[];
}

/** Not every machine that has qemu can boot another. */
async function prepare(all: readonly string[]): Promise<Manner> {
  const { accelerator } = prepareMachine(console.log);
  const boot = [...vm, '--boot-timeout', String(BOOT_TIMEOUT_S), '--', 'true'];
  const { status, output } = await runCommand(boot, { timeoutS: BOOT_TIMEOUT_S + GRACE_S });
  if (status !== 0) throw new Error(`no machine boots here (status ${status}):\n${output.trim()}`);
  const words = all.filter((word) => word !== '--selection');
  if (accelerator === 'kvm') return { words, environment: [] };
  if (words.length === all.length) return { words, environment: EMULATED };
  console.log(
    `Without KVM instructions are emulated, and the whole would take hours: for ${BUDGET_S} s a tier, ${FOR_ROOT.join(', ')}.`,
  );
  return { words: undefined, environment: [...EMULATED, `TEST_BUDGET=${BUDGET_S}`] };
}

/** Runs one tier, showing what it prints. */
async function runTier({ options, environment, selection }: Tier, manner: Manner): Promise<Counts> {
  const limits = ['--timeout', String(TIMEOUT_S), '--boot-timeout', String(BOOT_TIMEOUT_S)];
  const command = [
    'env',
    ...environment,
    ...manner.environment,
    'npm',
    'test',
    '--silent',
    '--',
    ...(manner.words ?? selection),
  ];
  const { status, output } = await runCommand([...vm, '--memory', '3g', ...limits, ...options, ...command], {
    timeoutS: TIMEOUT_S + GRACE_S,
    hear: (line) => console.log(line),
  });
  return countsOf(output, status);
}

async function main(words: readonly string[]): Promise<void> {
  const manner = await prepare(words).catch(exitNotHere);
  const results: Counts[] = [];
  for (const tier of TIERS) {
    console.log(`In the machine, as ${tier.title}:`);
    results.push(await runTier(tier, manner));
  }
  console.log('');
  for (const [index, counts] of results.entries()) console.log(`as ${TIERS[index]?.title}: ${countsLine(counts)}`);
  const total = sum(results);
  console.log(`\n${countsLine(total)}`);
  process.exitCode = total.failed > 0 ? 1 : 0;
}

void main(process.argv.slice(2));
