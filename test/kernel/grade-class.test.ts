/** Grading a class, and being interrupted at it. */
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { descendants } from '../../src/checks/process.ts';
import { startTime } from '../../src/proc/stat.ts';
import { kernelTest, temporaryDirectory, until } from '../support/kernel-test.ts';
import { lab, loader, read, top } from '../support/lab.ts';
import { leftoversOf, NONE } from '../support/leftovers.ts';
import { start } from '../support/many.ts';
import { canRun, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('grade-class');
const EXERCISE = join(top, 'exercises/1a-domain-name');
const needs = [root, canRun(5)];
const STUDENTS = 8;
/** GRADER_KILLS=500 kills as often, for a night. */
const KILLS = Number(process.env.GRADER_KILLS ?? 5);
const MOST_DELAY_MS = 2000;

function makeClass() {
  const place = temporaryDirectory();
  const submissions = join(place, 'submissions');
  for (let number = 1; number <= STUDENTS; number++) {
    const folder = join(submissions, `student-0${number}`);
    mkdirSync(folder, { recursive: true });
    // Every fourth has handed in the starter.
    copyFileSync(join(EXERCISE, number % 4 === 0 ? 'starter.ts' : 'solution.ts'), join(folder, '1a.ts'));
  }
  const csv = join(place, 'grades.csv');
  return {
    place,
    submissions,
    csv,
    words: ['grade', submissions, '--jobs', '2', '--timeout', String(patience(30)), '--csv', csv],
  };
}

/** The students in the journal, in the order in which they were noted. */
function noted(csv: string): string[] {
  const lines = read(`${csv}.journal`).split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line).student);
}

/** Each once, and each with what it deserves. */
function assertComplete(csv: string): void {
  const names = Array.from({ length: STUDENTS }, (_, index) => `student-0${index + 1}`);
  assert.equal(noted(csv).sort(), names);
  const rows = readFileSync(csv, 'utf8').trim().split('\r\n').slice(1);
  assert.equal(
    rows.map((row) => row.split(',').slice(0, 4).join()),
    names.map((name, index) => `${name},${(index + 1) % 4 === 0 ? '0,10,0' : '10,10,10'}`),
  );
}

kernelTest(test, needs, 'a class: the table, the summary, the status', () => {
  const { csv, words, place } = makeClass();
  const { status, stdout, stderr } = lab(words);
  assert.is(status, 1);
  assertComplete(csv);
  assert.match(stdout, '1a A domain name, too: 6 of 8 passed; 2 failed, 2 of them at: the domain name inside');
  assert.is(stderr.trim().split('\n').length, STUDENTS, 'a line for each');
  assert.equal(readdirSync(place).sort(), ['grades.csv', 'grades.csv.journal', 'submissions']);
});

for (const signal of ['SIGKILL', 'SIGINT'] as const) {
  kernelTest(
    test,
    needs,
    `interrupted by ${signal} and resumed: nothing twice, nothing lost, nothing left`,
    async () => {
      const { csv, words } = makeClass();
      const first = start(words);
      await until('some are noted', () => noted(csv).length >= 3, 30_000);
      first.process.kill(signal);
      assert.is(await first.ended, signal === 'SIGKILL' ? 'SIGKILL' : 130);
      const before = noted(csv);
      assert.ok(before.length < STUDENTS, first.said());
      assert.not.ok(existsSync(csv), 'half a table could be taken for a whole one');
      if (signal === 'SIGINT') assert.equal(leftoversOf(new Set([first.pid])), NONE);

      const { status, stderr } = lab(words);
      assert.is(status, 1);
      assert.match(stderr, `${before.length} of ${STUDENTS} had been graded before.`);
      assert.equal(noted(csv).slice(0, before.length), before);
      assertComplete(csv);
      assert.equal(leftoversOf(new Set([first.pid])), NONE);
    },
  );
}

kernelTest(
  test,
  needs,
  'killed at random moments, the grader leaves no process, and clean removes the rest',
  async () => {
    for (let kill = 0; kill < KILLS; kill++) {
      const grader = start([...makeClass().words, '--restart']);
      const below = () => descendants(grader.pid).filter(({ pid }) => pid !== grader.pid);
      await until('its first sandbox', () => below().length > 0, 60_000);
      await sleep(Math.random() * MOST_DELAY_MS);
      const seen = below().map(({ pid }) => [pid, startTime(pid)] as const);
      grader.process.kill('SIGKILL');
      await grader.ended;
      await until(
        'the end of all',
        () => !seen.some(([pid, start]) => start !== undefined && startTime(pid) === start),
      );
      assert.is(lab(['clean']).status, 0);
      assert.equal(leftoversOf(new Set([grader.pid])), NONE, `kill ${kill}`);
    }
  },
);

kernelTest(test, needs, 'what has changed is graded again, and with --restart all is', () => {
  const { csv, words, submissions } = makeClass();
  lab(words);
  copyFileSync(join(EXERCISE, 'solution.ts'), join(submissions, 'student-04/1a.ts'));
  const { stderr } = lab(words);
  assert.match(stderr, '7 of 8 had been graded before.');
  assert.equal(noted(csv).slice(STUDENTS), ['student-04']);
  assert.match(readFileSync(csv, 'utf8'), 'student-04,10,10,10');
  lab([...words, '--restart']);
  assert.is(noted(csv).length, STUDENTS);
});

kernelTest(test, needs, 'a class is graded where there are no hard links', () => {
  const { csv, words, place, submissions } = makeClass();
  const without = (...command: string[]) =>
    spawnSync(process.execPath, ['--import', loader, join(top, 'test/support/without-links.ts'), ...command], {
      encoding: 'utf8',
      timeout: patience(60_000),
    });
  assert.match(without('/bin/ln', join(submissions, 'student-01/1a.ts'), `${csv}.x`).stderr, /not permitted/i);
  const { status, stderr } = without(process.execPath, join(top, 'bin/lab.cjs'), ...words);
  assert.is(status, 1, stderr);
  assertComplete(csv);
  assert.equal(readdirSync(place).sort(), ['grades.csv', 'grades.csv.journal', 'submissions']);
});

kernelTest(test, needs, 'a lock of another machine stays, and who has it and what to do is said in one line', () => {
  const { csv, words } = makeClass();
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').slice(0, 8);
  const other = boot === '01234567' ? '12345678' : '01234567';
  const locked = `process 7 of anna on \x1b[2Jfar\ncontainer-lab-${other}-4026531836-7-1-1`;
  writeFileSync(`${csv}.lock`, locked);
  const { status, stderr } = lab(words);
  assert.is(status, 2);
  const [line = '', ...more] = stderr.trim().split('\n');
  assert.match(line, 'process 7 of anna on \\x1b[2Jfar (on another machine, or on this one before');
  assert.ok(line.endsWith(`If it is over: rm ${csv}.lock`), line);
  assert.equal([more, readFileSync(`${csv}.lock`, 'utf8')], [[], locked]);
  rmSync(`${csv}.lock`);
  assert.is(lab(words).status, 1);
});

kernelTest(test, needs, 'a class that lies below /usr cannot be read by a submission', () => {
  const { csv, submissions } = makeClass();
  const spy =
    "export const run = () => { throw new Error('seen: ' + require('node:fs').readdirSync('/usr/share') + '.'); };";
  writeFileSync(join(submissions, 'student-01/1a.ts'), spy);
  const script = 'mount --bind "$1" /usr/share; shift; exec "$@"';
  const words = [process.execPath, join(top, 'bin/lab.cjs'), 'grade', '/usr/share', '--csv', csv, '--shard', '1/8'];
  const { stderr } = spawnSync('unshare', ['--mount', 'sh', '-ec', script, 'sh', submissions, ...words], {
    encoding: 'utf8',
    timeout: patience(40_000),
  });
  assert.match(readFileSync(csv, 'utf8'), 'seen: .', stderr);
});

kernelTest(test, needs, 'shards are the parts of a whole, and can be put together', () => {
  const { csv, words } = makeClass();
  const part = (number: number) => {
    const file = csv.replace('.csv', `-${number}.csv`);
    lab([...words.slice(0, -1), file, '--only', '1a', '--shard', `${number}/3`]);
    return readFileSync(file, 'utf8').trim().split('\r\n');
  };
  const parts = [1, 2, 3].map(part);
  assert.is(new Set(parts.map(([header]) => header)).size, 1);
  assert.is(parts.flatMap((rows) => rows.slice(1)).length, STUDENTS);
  assert.is(new Set(parts.flatMap((rows) => rows.slice(1).map((row) => row.split(',')[0]))).size, STUDENTS);
});

test.run();
