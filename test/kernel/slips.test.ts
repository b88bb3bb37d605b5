/** Slips of learners: the message of each names the mistake, and the line of theirs where it is. */
import { availableParallelism } from 'node:os';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, type Entry, textOf } from '../../src/catalogue/exercises.ts';
import type { Trial } from '../../src/checks/trial.ts';
import { type Grade, gradeText } from '../../src/grading/grade.ts';
import { pool } from '../../src/grading/pool.ts';
import { kernelTest } from '../support/kernel-test.ts';
import { canRun, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';
import { SLIPS, type Slip } from '../support/slips.ts';

const test = suite('slips');
/** Seconds that a program may take. */
const timeout = patience(30);

/** The solution with the slip in it, and the line that the message must name, from 1. */
function slipped({ changes, at }: Slip, entry: Entry): { readonly text: string; readonly line: number } {
  const solution = textOf(entry, 'solution.ts');
  let text = solution;
  for (const [old, instead] of changes) {
    assert.is(text.split(old).length, 2, `${entry.id}: "${old}" is not in the solution, or more than once`);
    text = text.split(old).join(instead);
  }
  const [lines, before] = [text.split('\n'), solution.split('\n')];
  const line = lines.findIndex((one, index) => (at === undefined ? one !== before[index] : one.includes(at)));
  return { text, line: line + 1 };
}

/**
 * The exercise without its expectations: the programs are let go, and what is
 * said in the end is all. None of these slips is for the kernel to judge.
 */
function unjudged(entry: Entry): Entry {
  return {
    ...entry,
    round() {
      const round = entry.round();
      const check = async (trial: Trial) => {
        trial.release();
        // Some wait for a signal, and some are never there.
        for (const name of Object.keys(round.scripts)) void trial.wake(name).catch(() => {});
        await trial.ended();
        trial.expect('the end', { expected: 'no slip', observed: trial.describeEnd(), holds: false });
      };
      return { ...round, check };
    },
  };
}

/** All that the learner is told. */
function told({ message = '', printed = [] }: Grade): string {
  return `${message}\n${printed.join('\n')}`;
}

const entries = await catalogue();

test('every exercise has some', () => {
  assert.equal(
    [...new Set(SLIPS.map(({ exercise }) => exercise))],
    entries.map(({ id }) => id),
  );
  assert.ok(SLIPS.length >= 40);
});

for (const step of new Set(entries.map((entry) => entry.step))) {
  kernelTest(test, [root, canRun(8)], `step ${step}: each gets a message with the mistake and the line`, async () => {
    const ofStep = SLIPS.filter(({ exercise }) => Number.parseInt(exercise, 10) === step);
    const problems = await pool(ofStep, availableParallelism() + 1, problemOf);
    assert.is(problems.filter(Boolean).join('\n\n'), '');
  });
}

/** What is wrong with the message that a slip gets; undefined for a good one. */
async function problemOf(slip: Slip): Promise<string | undefined> {
  const name = `${slip.exercise}, ${slip.what}`;
  const entry = entries.find(({ id }) => id === slip.exercise) as Entry;
  const { text, line } = slipped(slip, entry);
  const grade = await gradeText(unjudged(entry), text, { timeout });
  if (grade.status === 'not run') {
    console.log(`skipped: ${name}: ${grade.message}`);
    return undefined;
  }
  const wanted = [slip.message, `at workspace/${entry.stem}.ts:${line}: `];
  const missing = wanted.filter((part) => !told(grade).includes(part));
  if (grade.status === 'failed' && missing.length === 0) return undefined;
  return `${name}: ${grade.status}, without ${missing.join(' and ')}:\n${told(grade)}`;
}

test.run();
