/** Which exercise is meant, which comes next, and which hint fits. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Entry } from '../../src/catalogue/exercises.ts';
import { styleFor } from '../../src/markdown/terminal/style.ts';
import { chooseExercise, currentExercise, onward } from '../../src/practice/choose.ts';
import { entryLine, skippedLines } from '../../src/practice/exercise-text.ts';
import { NOTHING, type Progress } from '../../src/practice/progress-file.ts';
import { overview, overviewText } from '../../src/practice/progress-table.ts';
import { Hints } from '../../src/practice/watch/hints.ts';
import { Workspace } from '../../src/practice/workspace.ts';

const test = suite('choosing');

function entry(id: string): Entry {
  const rest = { title: `Title ${id}`, kind: 'write it', points: 10, hints: [], starterFails: 'x' } as const;
  return { ...rest, id, step: Number.parseInt(id, 10), stem: `${id}-some-name`, directory: '', round: () => never() };
}
function never(): never {
  throw new Error('Nobody should ask.');
}

const entries = ['1a', '1b', '4a', '4b', '10a'].map(entry);
const passed = (...ids: string[]): Progress => ({
  ...NOTHING,
  exercises: Object.fromEntries(ids.map((id) => [id, { started: '2026-01-01', passed: '2026-01-02T12:00:00Z' }])),
});
const none = new Workspace('/nonexistent');

test('by id, by stem, by file, in any case', () => {
  for (const word of ['4b', '4B', '4b-some-name', 'workspace/4b-some-name.ts'])
    assert.is(chooseExercise(word, entries, NOTHING).id, '4b');
});

test('a step means its first exercise that is not passed, or its first', () => {
  assert.is(chooseExercise('4', entries, NOTHING).id, '4a');
  assert.is(chooseExercise('4', entries, passed('4a')).id, '4b');
  assert.is(chooseExercise('4', entries, passed('4a', '4b')).id, '4a');
});

test('what is not there is one line that says what is', () => {
  for (const [word, message] of [
    ['4c', 'There is no exercise 4c. Exercises: 1a, 1b, 4a, 4b, 10a.'],
    ['../4', 'There is no exercise ../4. Exercises: 1a, 1b, 4a, 4b, 10a.'],
    ['9', 'Step 9 has no exercises. Exercises: 1a, 1b, 4a, 4b, 10a.'],
  ] as const)
    assert.throws(
      () => chooseExercise(word, entries, NOTHING),
      (error: Error) => error.name === 'UsageError' && error.message === message,
    );
});

test('the current one is that last opened or saved, or the first not passed', () => {
  assert.is(currentExercise(entries, passed('1a'), none)?.id, '1b');
  const opened = { ...NOTHING, exercises: { '4a': { opened: '2026-01-01' }, '1b': { opened: '2025-01-01' } } };
  assert.is(currentExercise(entries, opened, none)?.id, '4a');
  const directory = mkdtempSync(join(tmpdir(), 'workspace-'));
  writeFileSync(join(directory, '10a-some-name.ts'), '');
  utimesSync(join(directory, '10a-some-name.ts'), new Date('2026-02-01'), new Date('2026-02-01'));
  assert.is(currentExercise(entries, opened, new Workspace(directory))?.id, '10a');
  rmSync(directory, { recursive: true });
});

test('next is the next not passed, then what was skipped', () => {
  const after = (id: string, progress: Progress) => onward(entry(id), entries, progress).next?.id;
  assert.is(after('1a', passed('1a', '1b')), '4a');
  assert.is(after('10a', passed('10a')), '1a');
  assert.is(after('4a', passed('1a', '1b', '4b', '10a')), undefined);
});

test('what cannot be checked here is passed over, and named with what to type', () => {
  const needy = entries.map((one): Entry => (/^(1b|4)/.test(one.id) ? { ...one, needs: ['ids'] } : one));
  const unmet = ({ needs }: Pick<Entry, 'needs'>) => (needs ? 'It needs more user ids than one.' : undefined);
  const { next, skipped } = onward(entry('1a'), needy, passed('1a', '4b'), unmet);
  assert.is(next?.id, '10a');
  assert.equal(skippedLines(skipped, false), ['1b, 4a need root: sudo npm run watch 1b']);
  assert.equal(skippedLines(skipped.slice(0, 1), false), ['1b needs root: sudo npm run watch 1b']);
  assert.match(skippedLines(skipped.slice(1), true).join(), /^4a cannot be checked on this machine\./);
  const last = onward(entry('1a'), needy, passed('1a', '10a'), unmet);
  assert.equal([last.next, last.skipped.length], [undefined, 3]);
});

test('marks', () => {
  assert.is(entryLine(entry('1a'), passed('1a')), '✓ 1a  Title 1a (write it, passed)');
  assert.is(entryLine(entry('1b'), passed('1a')), '  1b  Title 1b (write it)');
  const started = { ...NOTHING, exercises: { '1a': { started: '2026-01-01' } } };
  assert.is(entryLine(entry('1a'), started), '· 1a  Title 1a (write it, started)');
});

test('hints: those for what failed first, then those for all, each once', () => {
  const hints = new Hints([
    { text: 'for all' },
    { when: 'a', text: 'for a' },
    { when: 'b', text: 'for b' },
    { text: 'last' },
  ]);
  assert.equal(hints.next('b'), { text: 'for b', left: 2 });
  assert.equal(hints.next('b'), { text: 'for all', left: 1 });
  assert.equal(hints.next('a'), { text: 'for a', left: 1 });
  assert.equal(hints.next(undefined), { text: 'last', left: 0 });
  assert.is(hints.next('b'), undefined);
});

test('the table has a row for each lesson, with all its exercises, and knows of what another version noted', () => {
  const page = { path: '', stem: '', text: '' };
  const lesson = { ...page, number: 1, id: 'uts', title: 'Names' };
  const library = { top: '', index: undefined, lessons: [lesson] };
  const progress = { ...passed('1b', '99z'), lessons: { uts: { read: '2026-01-01T12:00:00Z' } } };
  const known = overview(entries, progress, library);
  assert.equal(
    known.lessons[0]?.exercises.map(({ id, state }) => `${id} ${state}`),
    ['1a new', '1b passed'],
  );
  const text = overviewText(known, '/state/progress.json', { width: 80, style: styleFor(0), hints: false });
  assert.match(text, /^1 uts +2026-01-01 +1a to do, 1b passed$/m);
  assert.match(text, '1 of 1 lessons read, 1 of 2 exercises passed');
  assert.match(text, 'The first to pass: npm run exercise 1a, Title 1a.');
  assert.match(text, '/state/progress.json');
  assert.match(text, 'Of another version of the kit: 99z');
});

test.run();
