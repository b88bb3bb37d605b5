/** What is said fits a screen of 80 columns and 24 lines, and no word of it is broken. */
import stringWidth from 'string-width';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, type Entry } from '../../src/catalogue/exercises.ts';
import { brokenBetweenWords } from '../../src/command-line/output.ts';
import { styleFor } from '../../src/markdown/terminal/style.ts';
import { callsHint, entryLine } from '../../src/practice/exercise-text.ts';
import { gradeLines } from '../../src/practice/grade-lines.ts';
import type { Progress } from '../../src/practice/progress-file.ts';
import { overview, overviewText } from '../../src/practice/progress-table.ts';
import { keysLine, openingLines } from '../../src/practice/watch/answers.ts';
import { made } from '../support/grading.ts';

const test = suite('screen');
const view = { width: 80, style: styleFor(0), hints: false };
let entries: readonly Entry[] = [];
test.before(async () => {
  entries = await catalogue();
});
const all = (state: 'started' | 'passed'): Progress => ({
  version: 1,
  lessons: Object.fromEntries(['clone', 'uts', 'ipc'].map((id) => [id, { read: '2026-01-01T12:00:00Z' }])),
  exercises: Object.fromEntries(entries.map(({ id }) => [id, { [state]: '2026-01-01T12:00:00Z' }])),
});

function assertFits(lines: readonly string[]): void {
  for (const line of lines.join('\n').split('\n'))
    assert.ok(stringWidth(line) <= view.width, `${stringWidth(line)} columns: ${line}`);
}

test('the progress, however far it is: a line is left for the prompt', () => {
  for (const state of ['started', 'passed'] as const) {
    const file = '/home/somebody/.local/state/container-lab/progress.json';
    const lines = overviewText(overview(entries, all(state)), file, view).split('\n');
    assertFits(lines);
    assert.ok(lines.length < 24, `${lines.length} lines`);
    for (const { id } of entries)
      assert.ok(
        lines.some((line) => line.includes(`${id} ${state}`)),
        id,
      );
  }
});

test('what stands beside an exercise, for every one', () => {
  const scene = { entries, progress: all('started'), view, hasKeys: true };
  for (const entry of entries) {
    const file = `workspace/${entry.stem}.ts`;
    assertFits([callsHint(view), `› ${entryLine(entry, all('started'))}`, keysLine(view.width)]);
    assertFits(openingLines(entry, file, false, scene));
    assertFits(openingLines(entry, file, true, scene));
  }
});

test('a verdict: each word stands whole in a line', () => {
  const words = Array.from({ length: 120 }, (_, index) => `word${index}${'x'.repeat((index * 7) % 23)}`);
  const text = words.join(' ');
  const check = { name: 'the name', passed: false, expected: text, observed: text, command: text };
  const grade = made({ status: 'failed', checks: [check], message: text, trace: words, printed: words });
  const lines = gradeLines(grade, view);
  assertFits(lines);
  const shown = lines.join('\n').split(/\s+/);
  for (const word of words) assert.ok(shown.includes(word), word);
});

test('prose is broken between words, and stays indented', () => {
  const sentence = `${'a'.repeat(30)} ${'b'.repeat(30)} ${'c'.repeat(30)}`;
  assert.is(brokenBetweenWords(`  ${sentence}`, 64), `  ${'a'.repeat(30)} ${'b'.repeat(30)}\n  ${'c'.repeat(30)}`);
  assert.is(brokenBetweenWords(`x\n\n${'d'.repeat(90)} e`, 80), `x\n\n${'d'.repeat(90)}\ne`);
  assert.is(brokenBetweenWords(`  ${sentence}`, Number.POSITIVE_INFINITY), `  ${sentence}`);
  assert.is(brokenBetweenWords('one \x1b[2mtwo\x1b[22m three', 7), 'one \x1b[2mtwo\x1b[22m\nthree');
});

test.run();
