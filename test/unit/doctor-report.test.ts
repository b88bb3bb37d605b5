import { stripVTControlCharacters } from 'node:util';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Diagnosis } from '../../src/doctor/examine.ts';
import { readFacts } from '../../src/doctor/facts.ts';
import { causesIn, notesIn, stepList } from '../../src/doctor/findings.ts';
import { report } from '../../src/doctor/report.ts';
import { assumed, broken, fine } from '../../src/doctor/verdict.ts';

const problem = { cause: 'Something is off, and it takes a rather long sentence to say what.', remedy: 'sudo mend it' };

const steps: Diagnosis[] = [
  { step: 0, name: 'clone', asRoot: fine(), rootless: fine() },
  { step: 1, name: 'uts', asRoot: broken(problem), rootless: fine(['A note.']) },
  { step: 2, name: 'ipc', asRoot: broken(problem), rootless: broken(problem) },
  { step: 3, name: 'pid', asRoot: assumed(fine()), rootless: fine(['A note.']) },
];

test('each cause and each note is told once', () => {
  assert.equal(causesIn(steps), [
    { where: 'steps 1–2 as root; step 2 rootless', text: problem.cause, remedy: problem.remedy },
  ]);
  assert.equal(notesIn(steps), [{ where: 'steps 1, 3 rootless', text: 'A note.' }]);
});

test('what is the same for both is said once', () => {
  const both = [{ step: 4, name: 'mount', asRoot: broken(problem), rootless: broken(problem) }];
  assert.is(causesIn(both)[0]?.where, 'step 4, as root and rootless');
});

test('lists of steps', () => {
  assert.is(stepList([4]), 'step 4');
  assert.is(stepList([1, 2, 3, 5]), 'steps 1–3, 5');
});

test('the report has one line per step and fits 80 columns', () => {
  const lines = stripVTControlCharacters(report({ facts: readFacts(), steps }, 'DROP')).split('\n');
  assert.is(lines[1], '0 clone       ✓          ✓');
  assert.is(lines[3], '2 ipc         ✗          ✗');
  assert.is(lines[4], '3 pid         ✓ likely   ✓');
  assert.ok(lines.includes('  → sudo mend it'));
  assert.equal(
    lines.filter((line) => line.length > 80),
    [],
  );
});

test('lines break at blanks and hang under the first', () => {
  const problem = { cause: 'word '.repeat(40).trim(), remedy: 'sudo mend it' };
  const steps = [{ step: 1, name: 'uts', asRoot: broken(problem), rootless: fine() }];
  const text = stripVTControlCharacters(report({ facts: readFacts(), steps }, undefined));
  const lines = text.split('\n').filter((line) => line.includes('word'));
  assert.ok(lines.length > 1);
  assert.ok(lines.every((line) => line.length <= 80));
  assert.ok(lines[0]?.startsWith('✗ step 1 as root: word'));
  assert.ok(lines[1]?.startsWith('  word'));
});

test.run();
