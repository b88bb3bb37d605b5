/** `npm run exercises:check`: proves that every exercise can be done, and that wrong answers are told apart. */
import { availableParallelism } from 'node:os';
import { catalogue, type Entry } from '../catalogue/exercises.ts';
import { command } from '../command-line/command.ts';
import { interruptible } from '../command-line/interruption.ts';
import { print } from '../command-line/output.ts';
import { chosenExercises } from '../grading/gather.ts';
import { DEFAULT_TIMEOUT } from '../grading/grade.ts';
import { pool } from '../grading/pool.ts';
import { type Claim, claims, hintsForNothing, lacks, type Proof, prove } from '../grading/proof.ts';
import { MOST_JOBS, JOBS as ONE_AT_A_TIME, TIMEOUT } from '../grading/request.ts';

const JOBS = { ...ONE_AT_A_TIME, help: 'so many at a time; by default one a CPU' };
const MARKS = { passed: '✓', failed: '✗', 'not run': '-' };

/** Returns 0 if nothing failed, and 1 if something did. */
export const main = command(
  {
    name: 'exercises:check',
    purpose: 'Proves that every exercise can be done, and that wrong answers are told apart.',
    words: { shown: '[ID…]' },
    options: [JOBS, TIMEOUT],
  },
  async (typed) => {
    const ids = typed.words.length > 0 ? typed.words : undefined;
    const entries = chosenExercises(await catalogue(), ids);
    const jobs = typed.value(JOBS) ?? Math.min(availableParallelism(), MOST_JOBS);
    const timeout = typed.value(TIMEOUT) ?? DEFAULT_TIMEOUT;
    return interruptible((signal) => check(entries, jobs, timeout, signal));
  },
);

/** `jobs` run at a time, and each may take `timeout` seconds. */
async function check(entries: readonly Entry[], jobs: number, timeout: number, signal: AbortSignal): Promise<number> {
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

  /** Returns the exit status. To have proved nothing is a failure, too. */
  end(): number {
    const { passed, failed, 'not run': notRun } = this.#counts;
    print(`\n${passed} passed, ${failed} failed${notRun > 0 ? `, ${notRun} not run` : ''}`);
    return failed > 0 || passed + notRun === 0 ? 1 : 0;
  }
}
