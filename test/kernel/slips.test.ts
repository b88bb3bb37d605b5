/** Slips of learners: the message of each names the mistake, and the line of theirs where it is. */
import { availableParallelism, constants } from 'node:os';
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
    round(turn, kept) {
      const round = entry.round(turn, kept);
      const check = async (trial: Trial) => {
        // Some are never there.
        for (const name of Object.keys(round.scripts)) void letEnd(trial, name).catch(() => {});
        await trial.ended();
        trial.expect('the end', { expected: 'no slip', observed: trial.describeEnd(), holds: false });
      };
      return { ...round, check };
    },
  };
}

/** Tells a program to end; one of them waits for SIGTERM as well. */
async function letEnd(trial: Trial, name: string): Promise<void> {
  const program = await trial.program(name);
  await trial.tell(name);
  await trial.until(() => !program.lives || program.catches(constants.signals.SIGTERM));
  trial.signal(program, 'SIGTERM');
}

/** All that the learner is told. */
function told({ message = '', printed = [] }: Grade): string {
  return `${message}\n${printed.join('\n')}`;
}

test('every exercise has some', async () => {
  const entries = await catalogue();
  assert.equal(
    [...new Set(SLIPS.map(({ exercise }) => exercise))],
    entries.map(({ id }) => id),
  );
  assert.ok(SLIPS.length >= 40);
});

for (const step of new Set(SLIPS.map(stepOf))) {
  kernelTest(test, [root, canRun(8)], `step ${step}: each gets a message with the mistake and the line`, async () => {
    const ofStep = SLIPS.filter((slip) => stepOf(slip) === step);
    const problems = await pool(ofStep, availableParallelism() + 1, problemOf);
    assert.is(problems.filter(Boolean).join('\n\n'), '');
  });
}

function stepOf({ exercise }: Slip): number {
  return Number.parseInt(exercise, 10);
}

/** What is wrong with the message that a slip gets; undefined for a good one. */
async function problemOf(slip: Slip): Promise<string | undefined> {
  const name = `${slip.exercise}, ${slip.what}`;
  const entry = (await catalogue()).find(({ id }) => id === slip.exercise);
  if (!entry) return `${name}: there is no such exercise`;
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
