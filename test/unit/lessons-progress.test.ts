/** The progress file. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  hasPassed,
  markOpened,
  markPassed,
  markRead,
  progressFile,
  readProgress,
} from '../../src/practice/progress-file.ts';

const test = suite('progress');
let directory = '';
const file = () => join(directory, 'container-lab/progress.json');

test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), 'lessons-'));
});
test.after.each(() => rmSync(directory, { recursive: true }));

test('it is where the XDG base directories say', () => {
  assert.is(progressFile({ XDG_STATE_HOME: '/state' }), '/state/container-lab/progress.json');
  assert.is(progressFile({ HOME: '/home/x' }), '/home/x/.local/state/container-lab/progress.json');
});

test('without a file nothing has been read', () => {
  assert.equal(readProgress(file()).lessons, {});
});

test('a lesson is marked once, by its id', () => {
  markRead('mount', file(), new Date('2025-01-02T03:04:05Z'));
  markRead('mount', file(), new Date('2026-01-01T00:00:00Z'));
  assert.equal(readProgress(file()).lessons, { mount: { read: '2025-01-02T03:04:05.000Z' } });
});

test('what this version does not know is kept', () => {
  markRead('uts', file());
  const progress = {
    version: 1,
    lessons: { uts: { stars: 5 } },
    exercises: { e1: { lesson: 'uts', passed: 'x' } },
    name: 'Ada',
  };
  writeFileSync(file(), JSON.stringify(progress));
  markRead('uts', file(), new Date(0));
  const after = JSON.parse(readFileSync(file(), 'utf8'));
  assert.equal(after, { ...progress, lessons: { uts: { stars: 5, read: '1970-01-01T00:00:00.000Z' } } });
  assert.ok(hasPassed(after, 'uts'));
  assert.not(hasPassed(after, 'ipc'));
});

test('an exercise: the first start and the first pass count, and the last time that it was opened', () => {
  const [first, second, third] = [new Date(0), new Date(1000), new Date(2000)];
  markOpened('4a', 'mount', file(), first);
  markOpened('4a', 'mount', file(), second);
  markPassed('4a', 'mount', file(), second);
  markPassed('4a', 'mount', file(), third);
  const [started, opened, passed] = [first.toISOString(), second.toISOString(), second.toISOString()];
  assert.equal(readProgress(file()).exercises, { '4a': { lesson: 'mount', started, opened, passed } });
  assert.ok(hasPassed(readProgress(file()), 'mount'));
});

test('a pass alone is enough, and what another version noted of the exercise is kept', () => {
  markPassed('1a', undefined, file(), new Date(0));
  writeFileSync(file(), JSON.stringify({ version: 1, lessons: {}, exercises: { '1b': { stars: 5 } }, name: 'Ada' }));
  markPassed('1b', 'uts', file(), new Date(0));
  const after = JSON.parse(readFileSync(file(), 'utf8'));
  const passed = '1970-01-01T00:00:00.000Z';
  assert.equal(after, {
    version: 1,
    lessons: {},
    exercises: { '1b': { stars: 5, lesson: 'uts', passed } },
    name: 'Ada',
  });
});

test('a link to the file stays a link', () => {
  const elsewhere = join(directory, 'synced.json');
  markRead('uts', elsewhere);
  mkdirSync(join(directory, 'container-lab'));
  symlinkSync(elsewhere, file());
  markRead('ipc', file());
  assert.equal(Object.keys(readProgress(elsewhere).lessons), ['uts', 'ipc']);
});

test('a byte order mark and what is null say nothing', () => {
  markRead('uts', file());
  writeFileSync(file(), '\uFEFF{"version":1,"lessons":null,"exercises":{"4a":null,"4b":{"passed":"x"}},"other":[1]}');
  markRead('uts', file());
  markPassed('4a', 'mount', file());
  const progress = readProgress(file());
  assert.equal([Object.keys(progress.lessons), Object.keys(progress.exercises)], [['uts'], ['4b', '4a']]);
  assert.equal(hasPassed(progress, 'mount'), true);
  assert.match(readFileSync(file(), 'utf8'), '"other"');
});

test('a file that is none of ours is never overwritten', () => {
  markRead('uts', file());
  for (const text of ['{', '{"version":2}', 'null', '{"version":1,"lessons":{"uts":3}}']) {
    writeFileSync(file(), text);
    assert.throws(() => markRead('uts', file()), /no progress file of version 1/);
    assert.is(readFileSync(file(), 'utf8'), text);
  }
});

test.run();
