/** Submissions that would rather have points than deserve them, and some that only want to do harm. */
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, type Entry } from '../../src/catalogue/exercises.ts';
import { word } from '../../src/checks/draw.ts';
import { gradeText } from '../../src/grading/grade.ts';
import { kernelTest, onTestEnd, temporaryDirectory } from '../support/kernel-test.ts';
import { top } from '../support/lab.ts';
import { canRun, root } from '../support/needs.ts';
import { machineState } from '../support/untouched.ts';

const folder = join(top, 'test/hostile');
const TIMEOUT_S = 8;
/** To start, to look, and to clean up. */
const MARGIN_S = 6;

/** Those that are aimed at another exercise than 1a: at its checks. */
const AIMS: Readonly<Record<string, string>> = {
  'handler-for-programs.ts': '5b',
  'thousands-of-mounts.ts': '4a',
};

/** What no file of the corpus can hold. */
const RAW: Readonly<Record<string, string>> = {
  'no-program.ts': 'export async function run( {{{',
  'empty.ts': '',
  'binary.ts': '\0\x01\x7fELF\xff'.repeat(1000),
};

const files = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
);

const hostile = suite('hostile submissions');
const needs = [root, canRun(7)];

for (const [name, text] of Object.entries({ ...files, ...RAW })) {
  kernelTest(hostile, needs, `${name}: no points, in time, and the machine is as it was`, async () => {
    const before = machineState();
    const grade = await gradeText(await target(AIMS[name]), text, { timeout: TIMEOUT_S });
    assert.is(grade.status, 'failed', grade.message);
    assert.is(grade.points, 0);
    assert.ok(grade.seconds < TIMEOUT_S + MARGIN_S, `${grade.seconds} s`);
    assert.equal(JSON.parse(JSON.stringify(grade)).status, 'failed');
    assert.ok(JSON.stringify(grade).length < 200_000, 'the report is of a size to be read');
    const after = machineState();
    for (const [key, value] of Object.entries(before)) assert.equal(after[key], value, `${key} changed`);
    console.log(`${name}: ${grade.message?.slice(0, 160)} (${grade.seconds} s)`);
  });
}

kernelTest(hostile, needs, 'nothing of the grader’s variables, descriptors and arguments can be seen', async () => {
  const [secret, file] = [word(16), join(temporaryDirectory(), 'results.json')];
  const fd = openSync(file, 'w');
  process.env.GRADERS_SECRET = secret;
  onTestEnd(() => {
    closeSync(fd);
    delete process.env.GRADERS_SECRET;
  });
  const { printed = [] } = await gradeText(await target(), files['environment.ts'] ?? '', { timeout: TIMEOUT_S });
  const seen = printed.filter((line) => line.startsWith('seen: ')).map((line) => line.slice('seen: '.length));
  assert.ok(seen.length > 8, printed.join('\n'));
  for (const grader of [secret, file, top, ...process.argv]) {
    assert.not.ok(
      seen.some((line) => line.includes(grader)),
      `${grader} in ${seen.join(' ')}`,
    );
  }
});

kernelTest(hostile, needs, 'no solution, no wrong one, no check and no hint is anywhere to be seen', async () => {
  const names = ['solution.ts', 'wrong.ts', 'exercise.ts', 'hints.ts', 'after.md', 'assignment.ts'];
  const text = `
    import { spawnSync } from 'node:child_process';
    export async function run() {
      const find = ['/', '(', '-path', '/proc', '-o', '-path', '/usr', ')', '-prune', '-o', '-type', 'f', '-print'];
      const { stdout } = spawnSync('find', find, { encoding: 'utf8', maxBuffer: 2 ** 26 });
      const found = stdout.split('\\n').filter((path) => ${JSON.stringify(names)}.includes(path.split('/').at(-1)));
      console.log('seen: ' + found.join(' '));
      return { status: 0 };
    }`;
  const { printed = [] } = await gradeText(await target(), text, { timeout: TIMEOUT_S });
  assert.equal(
    printed.filter((line) => line.startsWith('seen: ')),
    // It does see what runs it.
    ['seen: /kit/src/submission/assignment.ts'],
  );
});

async function target(aim = '1a'): Promise<Entry> {
  const entry = (await catalogue()).find(({ id }) => id === aim);
  if (!entry) throw new Error(`The corpus is aimed at exercise ${aim}, which is not there.`);
  return entry;
}

hostile.run();
