/** Submissions that do the task in their own way: they have to pass. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, textOf } from '../../src/catalogue/exercises.ts';
import { gradeText } from '../../src/grading/grade.ts';
import { kernelTest } from '../support/kernel-test.ts';
import { canRun, root } from '../support/needs.ts';

const TIMEOUT_S = 60;
const RUN = 'Promise<End> {\n';

interface Odd {
  readonly name: string;
  readonly id: string;
  /** What of the solution is something else. */
  readonly change: readonly [string, string];
}

const ODD: readonly Odd[] = [
  {
    name: 'more than 64 KiB is printed before anything begins',
    id: '1a',
    change: [RUN, `${RUN}  for (let line = 0; line < 2000; line++) console.log('-'.repeat(100));\n`],
  },
  {
    name: 'something is printed again and again while the program runs',
    id: '4b',
    change: [RUN, `${RUN}  setInterval(() => console.log('It runs.'), 5).unref();\n`],
  },
  {
    name: 'the scratch is smaller than it may be',
    id: '4a',
    change: [
      'const { scratch, size, source, shelf } = given;',
      'const { scratch, source, shelf } = given;\n  const size = given.size / 2;',
    ],
  },
];

const odd = suite('odd but right');

for (const { name, id, change } of ODD) {
  kernelTest(odd, [root, canRun(7)], `${id}: ${name}`, async () => {
    const entry = (await catalogue()).find((candidate) => candidate.id === id);
    assert.ok(entry);
    const solution = textOf(entry, 'solution.ts');
    const text = solution.replace(...change);
    assert.is.not(text, solution, 'the change is in it');
    const grade = await gradeText(entry, text, { timeout: TIMEOUT_S });
    assert.is(grade.status, 'passed', grade.message);
  });
}

kernelTest(odd, [root, canRun(8)], "the grader's programs say nothing where there is no /dev", async () => {
  const entry = (await catalogue()).find(({ id }) => id === '8c');
  assert.ok(entry);
  const { status, checks, printed } = await gradeText(entry, textOf(entry, 'solution.ts'), { timeout: TIMEOUT_S });
  assert.equal([status, printed], ['passed', []]);
  assert.match(checks.at(-1)?.observed ?? '', /^exit status \d+$/);
});

odd.run();
