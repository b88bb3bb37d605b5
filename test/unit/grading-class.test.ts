/** A class's table, its journal, and its lock. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import stringWidth from 'string-width';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Entry, top } from '../../src/catalogue/exercises.ts';
import { parse as parseWords } from '../../src/command-line/options.ts';
import { fingerprint, judgeOf } from '../../src/grading/class/fingerprint.ts';
import { Journal } from '../../src/grading/class/journal.ts';
import { lock } from '../../src/grading/class/lock.ts';
import { classCsv, classSummary, toCsv } from '../../src/grading/class/results.ts';
import { bytesOf } from '../../src/grading/file-names.ts';
import { pool } from '../../src/grading/pool.ts';
import { FORM, requestOf } from '../../src/grading/request.ts';
import { checkPlace, save } from '../../src/grading/save.ts';
import type { Content } from '../../src/grading/submission.ts';
import { failed, made } from '../support/grading.ts';
import { loader } from '../support/lab.ts';
import { patience } from '../support/patience.ts';

const test = suite('class');
const ROUNDS = 400;
let directory = '';
test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), 'class-'));
});
test.after.each(() => rmSync(directory, { recursive: true, force: true }));
const at = (name: string) => join(directory, name);

test('CSV: no cell is a formula, and every cell is one', () => {
  const cells = ['=1+1', '+1', '-1', '@x', ' =1', '\u3000＝1', '\t=1', 'a"b', 'a,b', 'a\r\nb', 'plain', "'=1", '', 10];
  const [row] = toCsv([cells]).split('\r\n');
  assert.is(row, `"'=1+1","'+1","'-1","'@x","' =1","'\u3000＝1","'\t=1","a""b","a,b",a b,plain,"'=1",,10`);
});

test('CSV: whatever a spreadsheet takes for the sign of a formula, and whatever it skips before', () => {
  const signs = [...'=+-@＝＋－＠\ufe66\ufe62\ufe63\ufe6b\u207c'];
  const before = ['', ' ', '\u00a0', '\t', '\r', '\n', '\u200b', '\ufeff', '\u00ad', '\x01'];
  for (const sign of signs)
    for (const skipped of before) {
      const [cell = ''] = toCsv([[`${skipped}${sign}1`]]).split('\r\n');
      assert.match(cell, /^"'/, JSON.stringify(`${skipped}${sign}`));
    }
  // Where a cell ends with a semicolon, the quotes around it do not count.
  assert.is(toCsv([['a;=1', 'b; -2', 'c, =3']]), `"a;'=1","b;' -2","c, =3"\r\n`);
});

test('CSV of a class: names as they are; notes on them in a column of their own', () => {
  const grades = [{ ...made(), missing: false }];
  const exercises = [{ id: '1a', title: 'One' }] as Entry[];
  const results = [
    { student: 'jos\\xe9', cell: 'jos\udce9', note: 'bytes', grades },
    { student: 'b', grades },
  ];
  const csv = bytesOf(classCsv(exercises, results, true));
  assert.equal(
    csv,
    Buffer.from('student,points,max,1a,1a message,note\r\njos\xe9,10,10,10,,bytes\r\nb,10,10,10,,\r\n', 'latin1'),
  );
});

test('the printed table is even, also with names of wide letters, of none, and of joined ones', () => {
  const grades = [{ ...made(), missing: false }];
  const names = ['山田太郎', 'Ａ', 'e\u0301', 'علی\u200cرضا', 'bob'];
  const results = names.map((student) => ({ student, grades }));
  const rows = classSummary([{ id: '1a', title: 'One' }] as Entry[], results)
    .split('\n')
    .slice(0, 6);
  const columns = rows.map((row) => stringWidth(row.slice(0, row.search(/1a|✓/))));
  assert.equal(columns, [10, 10, 10, 10, 10, 10]);
});

test('CSV of a class: points, or why there are none; messages after', () => {
  const exercises = [
    { id: '1a', title: 'One' },
    { id: '2b', title: 'Two' },
  ] as Entry[];
  const results = [
    {
      student: '=x',
      grades: [
        { ...made(), missing: false },
        { ...failed('why'), missing: false },
      ],
    },
    {
      student: 'b',
      grades: [
        { ...failed('gone'), missing: true },
        { ...made({ status: 'not run' }), missing: false },
      ],
    },
    {
      student: 'c',
      grades: [
        { ...failed('why'), missing: false },
        { ...failed('why'), missing: false },
      ],
    },
  ];
  assert.equal(classCsv(exercises, results).split('\r\n'), [
    'student,points,max,1a,2b,1a message,2b message',
    `"'=x",10,20,10,0,,why`,
    'b,0,20,missing,not run,gone,',
    'c,0,20,0,0,why,why',
    '',
  ]);
  const summary = classSummary(exercises, results);
  assert.match(summary, '1a One: 1 of 3 passed; 1 failed, 1 of them at: check why; 1 not handed in');
  assert.match(summary, '2b Two: 0 of 3 passed; 2 failed, 2 of them at: check why; 1 not run on this machine');
});

test('the journal remembers, over a torn last line and over lines that say nothing', () => {
  const file = at('j');
  let journal = new Journal(file);
  for (const student of ['a', 'b']) journal.add({ student, fingerprint: 'x', grade: made() });
  journal.close();
  appendFileSync(file, '{"nonsense":1}\nnot json\n{"student":"c","fingerprint":"x","gra');
  journal = new Journal(file);
  assert.equal(
    [journal.size, journal.find('a', 'x')?.points, journal.find('a', 'y'), journal.find('c', 'x')],
    [2, 10, undefined, undefined],
  );
  journal.add({ student: 'c', fingerprint: 'x', grade: failed('z') });
  journal.close();
  assert.ok(readFileSync(file, 'utf8').endsWith('\n'));
  journal = new Journal(file);
  assert.equal([journal.size, journal.find('c', 'x')?.status], [3, 'failed']);
  journal.close();
  journal = new Journal(file, true);
  assert.is(journal.size, 0);
  journal.close();
});

test('at whatever byte the journal is torn, whole lines are kept and no other is made up', () => {
  const file = at('j');
  const journal = new Journal(file);
  for (const student of ['a', 'é', 'c']) journal.add({ student, fingerprint: 'x', grade: made() });
  journal.close();
  const bytes = readFileSync(file);
  for (let length = 0; length <= bytes.length; length += 7) {
    writeFileSync(file, bytes.subarray(0, length));
    const torn = new Journal(file);
    assert.is(torn.size, bytes.subarray(0, length).toString('latin1').split('\n').length - 1);
    torn.close();
    assert.ok(readFileSync(file, 'utf8') === '' || readFileSync(file, 'utf8').endsWith('\n'));
  }
});

test('the journal is no link that somebody has laid', () => {
  writeFileSync(at('target'), '');
  symlinkSync(at('target'), at('j'));
  assert.throws(() => new Journal(at('j')));
});

test('another text, another exercise, another check or another hint has another fingerprint', () => {
  mkdirSync(at('one'));
  mkdirSync(at('two'));
  writeFileSync(at('one/exercise.ts'), 'check');
  writeFileSync(at('two/exercise.ts'), 'other check');
  const entry = (id: string, folder: string) => ({ id, directory: at(folder) }) as Entry;
  const print = (id: string, folder: string, content: Content, judge = 'j') =>
    fingerprint(entry(id, folder), content, judge);
  const first = print('1a', 'one', { text: 'x' });
  const prints = [
    first,
    print('1a', 'one', { text: 'y' }),
    print('1a', 'one', { problem: 'x' }),
    print('1b', 'one', { text: 'x' }),
    print('1a', 'two', { text: 'x' }),
    print('1a', 'one', { text: 'x' }, 'another judge'),
  ];
  assert.is(new Set(prints).size, prints.length);
  for (const name of ['task.md', 'solution.ts', 'wrong.ts']) writeFileSync(at(`one/${name}`), 'no check');
  assert.is(print('1a', 'one', { text: 'x' }), first, 'the same wherever it is graded');
  writeFileSync(at('one/hints.ts'), 'a hint');
  assert.is.not(print('1a', 'one', { text: 'x' }), first);
});

test('a kit of which any part that judges is another is another judge', () => {
  const parts = ['src/checks/process.ts', 'src/grading/grade.ts', 'src/sandbox/sandbox.ts', 'src/submission/run.ts'];
  const more = ['src/steps/04-mount.ts', 'src/lab/lab.ts', 'src/catalogue/exercises.ts', 'native/walk.c'];
  const judges = [judgeOf(at('kit'))];
  for (const path of [...parts, ...more]) {
    mkdirSync(join(at('kit'), path, '..'), { recursive: true });
    writeFileSync(join(at('kit'), path), 'one');
    judges.push(judgeOf(at('kit')));
    writeFileSync(join(at('kit'), path), 'two');
    judges.push(judgeOf(at('kit')));
  }
  assert.is(new Set(judges).size, judges.length);
  for (const path of ['src/cli', 'src/lessons', 'native/build', 'node_modules']) {
    mkdirSync(at(`kit/${path}`), { recursive: true });
    writeFileSync(at(`kit/${path}/x.ts`), 'one');
  }
  assert.is(judgeOf(at('kit')), judges.at(-1), 'what does not judge, or is built here, does not count');
  renameSync(at('kit'), at('moved'));
  assert.is(judgeOf(at('moved')), judges.at(-1), 'nor does the place');
  const begin = performance.now();
  assert.is(judgeOf(), judgeOf());
  assert.ok(performance.now() - begin < 2000);
});

test('one run at a time; a dead one is none', () => {
  const unlock = lock(at('lock'));
  assert.throws(() => lock(at('lock')), /Another run/);
  unlock();
  assert.not.ok(existsSync(at('lock')));
  const [own = ''] = [lock(at('lock'))].map(() => readFileSync(at('lock'), 'utf8'));
  // The same process, started at another time: a number that was given out again.
  writeFileSync(at('lock'), own.replace(/-\d+-(\d+)$/, '-1-$1'));
  lock(at('lock'))();
});

/** An emulator of another architecture may make up what a process reads of itself: then owners do not know each other. */
const startOf = (stat: string) => stat.slice(stat.lastIndexOf(')')).split(' ')[20];
const ownStat = `/proc/${process.pid}/stat`;
const isEmulated = startOf(readFileSync(ownStat, 'utf8')) !== startOf(spawnSync('cat', [ownStat]).stdout.toString());
const RACE = 'a dead lock that several runs find at once becomes one run’s, whatever the moment';
if (isEmulated) console.log(`skipped: ${RACE}: this process does not see its own start time`);

(isEmulated ? test.skip : test)(RACE, async () => {
  const unlock = lock(at('lock'));
  const dead = readFileSync(at('lock'), 'utf8').replace(/-\d+-(\d+)$/, '-1-$1');
  unlock();
  mkdirSync(at('locks'));
  for (let round = 0; round < ROUNDS; round++) writeFileSync(at(`locks/${round}`), dead);
  const begin = Date.now() + patience(2000);
  const taker = join(top, 'test/support/lock-taker.ts');
  const words = ['--import', loader, taker, at('locks'), String(ROUNDS), String(begin)];
  const takers = [1, 2, 3].map(() => spawn(process.execPath, words, { cwd: top, stdio: ['pipe', 'pipe', 'inherit'] }));
  const said = takers.map(async ({ stdout }) => JSON.parse((await once(createInterface(stdout), 'line'))[0]));
  const taken = (await Promise.all(said)).flat();
  // Only now may they end: the locks of one that has ended are anybody's.
  for (const { stdin } of takers) stdin.end();
  assert.equal([taken.length, new Set(taken).size], [ROUNDS, ROUNDS]);
  assert.is(readdirSync(at('locks')).length, ROUNDS, 'nothing else is left');
});

test('results take the place of a link, and do not go through one', () => {
  mkdirSync(at('work'));
  mkdirSync(at('outside'));
  writeFileSync(at('outside/kept'), 'kept');
  symlinkSync(at('outside/kept'), at('work/result.json'));
  checkPlace(at('work/result.json'), [at('work')]);
  save(at('work/result.json'), 'new');
  assert.equal(
    [readFileSync(at('outside/kept'), 'utf8'), readFileSync(at('work/result.json'), 'utf8')],
    ['kept', 'new'],
  );
  symlinkSync(at('outside'), at('work/link'));
  assert.throws(() => checkPlace(at('work/link/x.json'), [at('work')]), /symbolic link/);
  assert.throws(() => checkPlace(at('nowhere/x.json'), []), /there is no folder/);
  assert.throws(() => checkPlace(at('outside'), []), /is a folder/);
  checkPlace(at('outside/x.json'), [at('work')]);
});

test('a pool: never more than it may, all in order, and none begins after a failure', async () => {
  let [running, most] = [0, 0];
  const result = await pool([5, 1, 3, 2, 4], 2, async (number) => {
    most = Math.max(most, ++running);
    await new Promise((resolve) => setTimeout(resolve, number));
    running -= 1;
    return number * 2;
  });
  assert.equal([result, most], [[10, 2, 6, 4, 8], 2]);
  const begun: number[] = [];
  try {
    await pool([1, 2, 3, 4], 1, async (number) => {
      begun.push(number);
      if (number === 2) throw new Error('stop');
    });
    assert.unreachable();
  } catch (error) {
    assert.is((error as Error).message, 'stop');
  }
  assert.equal(begun, [1, 2]);
});

test('what may be typed, and what is said of the rest', () => {
  const parse = (line: string) => requestOf(parseWords(FORM, line.split(' ').filter(Boolean)));
  assert.equal(parse('x --only 1a,2b --only 3c --jobs 2 --timeout=9 --exit-zero --junit j.xml --json'), {
    ...{ paths: ['x'], only: ['1a', '2b', '3c'], timeout: 9, jobs: 2, exitZero: true, print: 'json' },
    files: { junit: 'j.xml' },
  });
  assert.equal(parse('x --csv f --shard 2/3').course, { csv: 'f', restart: false, shard: { part: 2, of: 3 } });
  assert.is(parse('x --csv f --bom').course?.bom, true);
  assert.is(parseWords(FORM, ['--help']).wantsHelp, true);
  const wrong = [
    '--bogus',
    '--jobs 0',
    '--jobs x',
    '--timeout -1',
    '--timeout 1.5',
    '--json --tap',
    '--restart',
    '--shard 1/2',
    '--bom',
  ];
  for (const line of [...wrong, '--csv f', 'a b --csv f', 'a --csv f --junit x', 'a --csv f --shard 3/2', '--junit'])
    assert.throws(
      () => parse(line),
      (error: unknown) => (error as Error).name === 'UsageError',
      line,
    );
});

test.run();
