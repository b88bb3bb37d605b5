/** The parts of a watch: saves are heard of, checks run one at a time, and nothing harmful reaches the terminal. */
import { mkdtempSync, renameSync, rmSync, unlinkSync, watch, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, type Entry, textOf } from '../../src/catalogue/exercises.ts';
import type { Grade } from '../../src/grading/grade.ts';
import { styleFor } from '../../src/markdown/terminal/style.ts';
import { gradeLines } from '../../src/practice/grade-lines.ts';
import { keysLine } from '../../src/practice/watch/answers.ts';
import { OneAtATime } from '../../src/practice/watch/one-at-a-time.ts';
import { Saves } from '../../src/practice/watch/saves.ts';
import { Screen } from '../../src/practice/watch/screen.ts';
import { differenceLines } from '../../src/practice/watch/solution-difference.ts';
import { until } from '../support/kernel-test.ts';

const test = suite('watching');
const view = { width: 60, style: styleFor(0), hints: false };
let directory = '';
let file = '';

test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), 'workspace-'));
  file = join(directory, 'file.ts');
  writeFileSync(file, '0');
});
test.after.each(() => rmSync(directory, { recursive: true }));

const noEvents = (() => {
  throw new Error('ENOSYS');
}) as never;

for (const [name, watchFolder] of [
  ['events', undefined],
  ['polling', noEvents],
] as const) {
  test(`saves are heard of once each, by ${name}`, async () => {
    let count = 0;
    const saves = new Saves(file, () => count++, watchFolder);
    try {
      writeFileSync(file, '1');
      await until('a save in place', () => count === 1);
      writeFileSync(`${file}.new`, '2');
      renameSync(`${file}.new`, file);
      await until('a save by renaming', () => count === 2);
      renameSync(file, `${file}~`);
      await sleep(200);
      writeFileSync(file, '3');
      await until('a save after setting the old aside', () => count === 3);
      unlinkSync(file);
      writeFileSync(join(directory, 'other.ts'), '');
      await sleep(1300);
      assert.is(count, 3, 'neither a removal nor another file is a save');
      writeFileSync(file, '4');
      await until('a file that is there again', () => count === 4);
    } finally {
      saves.close();
    }
  });
}

test('a file that is written in pieces is one save', async () => {
  let count = 0;
  // So long that the test, held up between two pieces, still writes the second in time;
  // and longer than from one look to the next, which must not put the save off.
  const saves = new Saves(file, () => count++, watch, 1500);
  try {
    for (const text of ['', 'a', 'ab', 'abc']) {
      writeFileSync(file, text);
      await sleep(15);
    }
    assert.is(count, 0, 'not before it was left alone');
    await until('a save', () => count > 0);
    await sleep(400);
  } finally {
    saves.close();
  }
  assert.is(count, 1);
});

test('what is asked for during a run makes one more', async () => {
  let [begun, ended] = [0, 0];
  let release = () => {};
  const checks = new OneAtATime(async () => {
    begun += 1;
    await new Promise<void>((resolve) => {
      release = resolve;
    });
    ended += 1;
  });
  for (let requests = 0; requests < 4; requests++) checks.request();
  await sleep(20);
  assert.equal([begun, ended], [1, 0], 'one at a time');
  release();
  await until('the other', () => begun === 2);
  release();
  await sleep(20);
  assert.equal([begun, ended], [2, 2], 'and no third');

  checks.request();
  checks.request();
  const stopped = checks.stop();
  release();
  await stopped;
  await sleep(20);
  assert.equal([begun, ended], [3, 3], 'stopped: what was asked for is dropped');
});

const grade: Grade = {
  id: '1a',
  title: 'Names',
  status: 'failed',
  points: 0,
  max: 10,
  checks: [
    { name: 'the host name', expected: 'a', observed: 'a', passed: true },
    {
      name: 'the domain name',
      expected: 'b',
      observed: 'c\x1b[2J\x07\u202e',
      command: 'cat /proc/7/status',
      passed: false,
    },
  ],
  message: 'the domain name: expected b, observed c',
  trace: ['sethostname("\x1b]0;x\x07") = 0', ...Array.from({ length: 30 }, (_, index) => `call ${index}`)],
  printed: ['\x9b31m red', '/kit/workspace/1a-names.ts:3'],
  seconds: 0.5,
};

test('a report has expected, observed, the command, the last calls and what was printed', () => {
  const text = gradeLines(grade, view).join('\n');
  for (const part of [
    /✗ 1a {2}Names: not yet \(0\.5 s\)/,
    /✓ the host name\n {2}✗ the domain name\n {4}expected {2}b\n {4}observed {2}c\\x1b\[2J\\x07\\u202e\n {4}seen with cat/,
    /… 11 more before\n {4}call 10\n/,
    /It printed:\n {4}\\x9b31m red\n {4}workspace\/1a-names\.ts:3/,
  ])
    assert.match(text, part);
});

test('no control character comes through, and no line is wider than the screen', () => {
  for (const status of ['passed', 'failed', 'not run', 'error'] as const) {
    const message = `\x1b[2Jlong ${'word '.repeat(100)}`;
    const lines = gradeLines({ ...grade, status, message, checks: [] }, view);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be there
    assert.not.match(lines.join('\n'), /[\x00-\x09\x0b-\x1f\x7f-\x9f]/);
    assert.ok(
      lines.every((line) => line.length <= view.width),
      status,
    );
  }
});

test('the difference leads from the file to the solution', async () => {
  const entry = (await catalogue())[0] as Entry;
  const solution = textOf(entry, 'solution.ts');
  writeFileSync(file, solution);
  assert.equal(differenceLines(entry, file, view), ['Your file is the solution, word for word.']);
  writeFileSync(file, `${solution}// \x1b[2Jmine\n`);
  const lines = differenceLines(entry, file, view);
  assert.equal(lines.slice(0, 2), ['- your file', '+ the solution']);
  assert.ok(lines.includes('-// \\x1b[2Jmine'));
});

test('the line at the bottom stays below what is printed, and goes away', () => {
  let written = '';
  const screen = new Screen(true, (text) => {
    written += text;
  });
  screen.setFooter('keys');
  screen.print(['one', 'two']);
  screen.setFooter('');
  assert.is(written, 'keys\r\x1b[Kone\ntwo\nkeys\r\x1b[K');
});

test('the keys at the bottom fit on one line, whatever its width', () => {
  assert.match(keysLine(80), /^h hint .* q quit$/);
  assert.is(keysLine(20), 'h hint  d solution');
  for (let width = 1; width < 80; width++) assert.ok(keysLine(width).length < width, String(width));
});

test.run();
