/** Which files are taken for submissions, and what is left alone. */
import { execFileSync, spawn } from 'node:child_process';
import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Entry } from '../../src/catalogue/exercises.ts';
import { UsageError } from '../../src/command-line/usage-error.ts';
import { readClass, shardOf } from '../../src/grading/class/students.ts';
import { submissionsIn } from '../../src/grading/discovery.ts';
import { chosenExercises, gather } from '../../src/grading/gather.ts';
import { contentOf } from '../../src/grading/submission.ts';

const test = suite('discovery');
const entry = (id: string, stem: string) => ({ id, stem, points: 10, title: stem }) as Entry;
const exercises = [entry('1a', '1a-domain-name'), entry('1b', '1b-other'), entry('2a', '2a-pipes')];

let directory = '';
test.before.each(() => {
  directory = mkdtempSync(join(tmpdir(), 'discovery-'));
});
test.after.each(() => rmSync(directory, { recursive: true, force: true }));

function put(...names: string[]): void {
  for (const name of names) {
    mkdirSync(join(directory, name, '..'), { recursive: true });
    writeFileSync(join(directory, name), `// ${name}`);
  }
}

function found(options = {}) {
  const { submissions, notes } = submissionsIn(directory, exercises, options);
  const told = submissions.map((submission) => {
    const content = contentOf(submission);
    return [submission.exercise.id, 'text' in content ? content.text : content.problem];
  });
  return { told, notes };
}

test('a name begins with an id; everything else is left alone, and said', () => {
  put('1a.ts', '1b-mine.ts', '10a.ts', '1aa.ts', '1A.ts', 'x-2a.ts', '2a.js', '2a.ts.bak', 'package.json', '.npmrc');
  put('tsconfig.json', 'folder/2a.ts');
  const { told, notes } = found();
  assert.equal(told, [
    ['1a', '// 1a.ts'],
    ['1b', '// 1b-mine.ts'],
  ]);
  assert.is(notes.length, 10);
  assert.ok(notes.includes('package.json: left alone, because its name is not that of an exercise, such as 1a.ts'));
  assert.ok(notes.includes('folder: left alone, because it is a folder'));
});

test('a hard link is not followed, and what is no file is not even opened', async () => {
  put('target.ts');
  linkSync(join(directory, 'target.ts'), join(directory, '1a.ts'));
  const pipe = join(directory, '1b.ts');
  execFileSync('mkfifo', [pipe]);
  // To open a pipe waits for somebody at the other end.
  const writer = spawn('sh', ['-c', `: > ${pipe}`]);
  const { told } = found();
  assert.equal(told, [
    ['1a', 'It is a hard link: the file has another name. Copy it instead.'],
    ['1b', 'It is no regular file.'],
  ]);
  for (let looks = 0; looks < 20; looks++) {
    found();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  assert.is(writer.exitCode, null, 'nobody has let the writer go');
  writer.kill('SIGKILL');
});

test('links, pipes, folders and huge files are not read', () => {
  put('target.ts');
  symlinkSync(join(directory, 'target.ts'), join(directory, '1a.ts'));
  execFileSync('mkfifo', [join(directory, '1b.ts')]);
  writeFileSync(join(directory, '2a.ts'), Buffer.alloc(300 * 1024, 'x'));
  assert.equal(found().told, [
    ['1a', 'It is a symbolic link.'],
    ['1b', 'It is no regular file.'],
    ['2a', 'It has more than 256 KiB.'],
  ]);
  rmSync(join(directory, '1a.ts'));
  mkdirSync(join(directory, '1a.ts'));
  assert.equal(found().told[0]?.[0], '1b');
});

test('of several files the exact name is taken, and without one none', () => {
  put('1a.ts', '1a-domain-name.ts', '1a-domain-name.1.ts', '1b.ts', '1b-b.ts', '2a-x.ts', '2a-y.ts');
  assert.equal(found().told, [
    ['1a', '// 1a-domain-name.ts'],
    ['1b', '// 1b.ts'],
    ['2a', 'Several files could be it: 2a-x.ts, 2a-y.ts. Keep one, or name it 2a-pipes.ts.'],
  ]);
});

test('what is required and is not there is said', () => {
  put('1a.ts');
  const { told } = found({ required: [exercises[0], exercises[2]] });
  assert.equal(told, [
    ['1a', '// 1a.ts'],
    ['2a', "Nothing was handed in for it. The file's name is 2a-pipes.ts."],
  ]);
});

test('names with controls in them are shown harmless, and not all of a thousand', () => {
  put('\x1b[2Jx', '::error::y', ...Array.from({ length: 30 }, (_, index) => `junk${index}`));
  const { notes } = found();
  assert.is(notes.length, 11);
  assert.match(notes[0] ?? '', /^\\x1b\[2Jx: /);
  assert.match(notes[1] ?? '', /^: :error::y: /);
  assert.is(notes[10], '… and 22 more');
});

test('paths: a file that is not there is a mistake, one that is no submission is left alone', () => {
  put('one/1a.ts', 'two/1a.ts', 'two/package.json');
  const at = (name: string) => join(directory, name);
  const take = (...names: string[]) => gather(names.map(at), exercises, undefined);
  assert.throws(() => take('three'), /There is no file or folder/);
  assert.equal(
    take('one', 'two/1a.ts').submissions.map(({ path, exercise }) => [path, exercise.id]),
    [
      [at('one/1a.ts'), '1a'],
      [at('two/1a.ts'), '1a'],
    ],
  );
  assert.equal(take('two/package.json').submissions, []);
  symlinkSync(at('one'), at('link'));
  const { submissions, notes } = take('link');
  assert.equal([submissions.length, notes.length], [0, 1]);
  assert.match(notes[0] ?? '', 'symbolic link');
});

test('--only takes ids that there are', () => {
  assert.equal(
    chosenExercises(exercises, ['2a', '1a']).map(({ id }) => id),
    ['1a', '2a'],
  );
  for (const only of [['9z'], [], ['1a', '']])
    assert.throws(
      () => chosenExercises(exercises, only),
      (error: unknown) => error instanceof UsageError,
    );
});

test('a class: a folder per student', () => {
  put('student-01/1a.ts', 'student-02/2a.ts', 'notes.txt', '.git/config');
  mkdirSync(join(directory, 'student-03'));
  symlinkSync(join(directory, 'student-01'), join(directory, 'student-04'));
  const { students, exercises: columns, notes } = readClass(directory, exercises);
  assert.equal(
    columns.map(({ id }) => id),
    ['1a', '2a'],
  );
  assert.equal(
    students.map(({ name, submissions }) => [name, ...submissions.map(({ path }) => path !== undefined)]),
    [
      ['student-01', true, false],
      ['student-02', false, true],
      ['student-03', false, false],
    ],
  );
  assert.is(notes.length, 2);
  const parts = [1, 2].map((part) => shardOf(readClass(directory, exercises), { part, of: 2 }));
  assert.equal(
    parts.map((part) => part.students.map(({ name }) => name)),
    [['student-01', 'student-03'], ['student-02']],
  );
});

test('a class: a file per student, which needs the one exercise named', () => {
  put('student-01.ts', 'student-02.ts', 'README.md');
  const [first] = exercises;
  const { students } = readClass(directory, first ? [first] : [], ['1a']);
  assert.equal(
    students.map(({ name }) => name),
    ['student-01', 'student-02'],
  );
  assert.throws(() => readClass(directory, exercises), /--only ID/);
  assert.throws(() => readClass(directory, exercises, ['1a', '1b']), /--only ID/);
});

test('students whose names look the same are told apart', () => {
  put('a\x01/1a.ts', 'a\\x01/1a.ts');
  const { students } = readClass(directory, exercises);
  assert.equal(students.map(({ shown }) => shown).sort(), ['a\\x01', 'a\\x01 (2)']);
});

test.run();
