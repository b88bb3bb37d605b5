/** `npm run exercises:check`: proves that every exercise can be done, and that wrong answers are told apart. */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { catalogue, type Entry } from '../catalogue/exercises.ts';
import { Interrupted, interruptible } from '../command-line/interruption.ts';
import { print, printError } from '../command-line/output.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { integer } from '../command-line/values.ts';
import { DEFAULT_TIMEOUT } from '../grading/grade.ts';
import { pool } from '../grading/pool.ts';
import { type Claim, claims, hintsForNothing, lacks, type Proof, prove } from '../grading/proof.ts';

const USAGE = 'Usage: npm run exercises:check [-- [ID…] [--jobs NUMBER] [--timeout SECONDS]]';
const MARKS = { passed: '✓', failed: '✗', 'not run': '-' };

/** Gives 0 if nothing failed, 1 if something did, 128+n when signal n ended it. @throws UsageError */
export async function exercises(words: string[]): Promise<number> {
  const [command, ...rest] = words;
  if (command !== 'check') throw new UsageError(USAGE);
  const { ids, ...limits } = parse(rest);
  const entries = chosen(ids, await catalogue());
  try {
    return await interruptible((signal) => check(entries, limits, signal));
  } catch (error) {
    if (!(error instanceof Interrupted)) throw error;
    printError(error.message);
    return error.status;
  }
}

/** How many run at a time, and how many seconds each may take. */
interface Limits {
  readonly jobs: number;
  readonly timeout: number;
}

async function check(entries: readonly Entry[], { jobs, timeout }: Limits, signal: AbortSignal): Promise<number> {
  const summary = new Summary();
  const work: [Entry, Claim][] = [];
  for (const entry of entries) {
    const missing = await lacks(entry);
    for (const line of missing) summary.fail(entry, line);
    if (missing.length === 0) work.push(...(await claims(entry)).map((claim): [Entry, Claim] => [entry, claim]));
  }
  const proofs: Proof[] = [];
  let reported = 0;
  await pool(work, jobs, async ([entry, claim], index) => {
    signal.throwIfAborted();
    proofs[index] = await prove(entry, claim, { timeout, signal });
    for (let next = proofs[reported]; next; next = proofs[++reported]) summary.add(next);
  });
  for (const entry of new Set(work.map(([candidate]) => candidate))) {
    const own = proofs.filter(({ id }) => id === entry.id);
    for (const line of hintsForNothing(entry, own)) summary.fail(entry, line);
  }
  return summary.end();
}

/** Says how each went, and counts. */
class Summary {
  readonly #counts = { passed: 0, failed: 0, 'not run': 0 };

  add({ id, name, outcome, detail }: Pick<Proof, 'id' | 'name' | 'outcome' | 'detail'>): void {
    this.#counts[outcome] += 1;
    print(`${MARKS[outcome]} ${id} ${name}: ${outcome === 'not run' ? 'not run: ' : ''}${detail}`);
  }

  fail({ id, stem }: Entry, detail: string): void {
    this.add({ id, name: stem, outcome: 'failed', detail });
  }

  /** Gives the exit status. To have proved nothing is a failure, too. */
  end(): number {
    const { passed, failed, 'not run': notRun } = this.#counts;
    print(`\n${passed} passed, ${failed} failed${notRun > 0 ? `, ${notRun} not run` : ''}`);
    return failed > 0 || passed + notRun === 0 ? 1 : 0;
  }
}

function chosen(ids: readonly string[], entries: readonly Entry[]): readonly Entry[] {
  const unknown = ids.find((word) => !entries.some(({ id }) => id === word));
  if (unknown !== undefined) throw new UsageError(`There is no exercise ${unknown}. ${USAGE}`);
  return ids.length === 0 ? entries : entries.filter(({ id }) => ids.includes(id));
}

function parse(words: string[]): { ids: string[] } & Limits {
  try {
    const { values, positionals } = parseArgs({
      args: words,
      options: {
        jobs: { type: 'string', default: String(availableParallelism()) },
        timeout: { type: 'string', default: String(DEFAULT_TIMEOUT) },
      },
      allowPositionals: true,
    });
    return { ids: positionals, jobs: integer(1, 64)(values.jobs), timeout: integer(1, 3600)(values.timeout) };
  } catch (error) {
    throw new UsageError(`${(error as Error).message.split('. ')[0]}. ${USAGE}`);
  }
}
