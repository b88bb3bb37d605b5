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
import { bytesOf } from '../../src/grading/file-names.ts';
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
  assert.throws(() => take('three'), /There is no file or folder [^.]*\.$/);
  assert.throws(() => gather(['1a'], exercises, undefined), /folder 1a\. .*: npm run grade -- --only 1a$/);
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

test('capitals, and what a download adds to a name, change nothing', () => {
  put('1A-Domain-Name.TS', '1b (1).ts', '2a_pipes.Ts', '2a.d.ts', '1a.ts.txt');
  const { told, notes } = found();
  assert.equal(told, [
    ['1a', '// 1A-Domain-Name.TS'],
    ['1b', '// 1b (1).ts'],
    ['2a', '// 2a_pipes.Ts'],
  ]);
  assert.is(notes.length, 2);
});

test('a file that is not taken since another one is, is said; files that are the same are one', () => {
  put('1a.ts', '1A.ts', '1a-domain-name.ts', '1b-x.ts', '1b-y.ts');
  for (const name of ['1b-x.ts', '1b-y.ts']) writeFileSync(join(directory, name), '// the same');
  const { told, notes } = found();
  assert.equal(told, [
    ['1a', '// 1a-domain-name.ts'],
    ['1b', '// the same'],
  ]);
  assert.equal(notes, [
    '1A.ts: left alone, because 1a-domain-name.ts is taken for 1a',
    '1a.ts: left alone, because 1a-domain-name.ts is taken for 1a',
    '1b-y.ts: left alone, because 1b-x.ts is taken for 1b',
  ]);
});

/** What was found of each student, as `told` of `found`, and all notes. */
function foundClass(only?: string[]) {
  const wanted = only ? exercises.filter(({ id }) => only.includes(id)) : exercises;
  const { students, notes } = readClass(directory, wanted, only);
  const told = students.map(({ name, submissions }) => [
    name,
    ...submissions.map((submission) => {
      const content = contentOf(submission);
      return 'text' in content ? content.text : content.problem;
    }),
  ]);
  return { told, notes, students };
}

test('a class: what stands in folders below is found, the nearest first; what is not taken is said', () => {
  put('anna/1a.ts', 'anna/old/1a.ts', 'bob/workspace/1a-domain-name.ts', 'bob/workspace/node_modules/x/1a.ts');
  put('carol/kit/src/1a.ts', 'carol/kit/test/1a.ts', 'dora/work.zip', 'dora/1a.js', 'emil.tar.gz', 'emil.txt');
  const { told, notes } = foundClass();
  assert.equal(told, [
    ['anna', '// anna/1a.ts'],
    ['bob', '// bob/workspace/1a-domain-name.ts'],
    ['carol', 'Several files could be it: kit/src/1a.ts, kit/test/1a.ts. Keep one, or name it 1a-domain-name.ts.'],
    ['dora', "Nothing was handed in for it. The file's name is 1a-domain-name.ts."],
  ]);
  assert.equal(notes, [
    'emil.tar.gz: left alone, because it is an archive: unpack it',
    'emil.txt: left alone, because it is no folder',
    'anna: old/1a.ts: left alone, because 1a.ts is taken for 1a',
    'bob: workspace/node_modules: left alone, because it is a folder that programs fill',
    'dora: 1a.js: left alone, because its name is not that of an exercise, such as 1a.ts',
    'dora: work.zip: left alone, because it is an archive: unpack it',
  ]);
});

test('a class: what is hidden, or filled by programs, is nobody, and is said', () => {
  put('anna/1a.ts', '.bob/1a.ts', 'node_modules/1a.ts', '.git/config', '.gitignore');
  const { told, notes } = foundClass();
  assert.equal(told, [['anna', '// anna/1a.ts']]);
  assert.equal(notes, [
    '.bob: left alone, because its name begins with a dot',
    'node_modules: left alone, because it is a folder that programs fill',
  ]);
});

test('a class: files for exercises that are not graded are said once, and of a part only what is its own', () => {
  put('anna/1a.ts', 'anna/2a.ts', 'bob/1a.ts', 'bob/x/9z.ts', 'bob/notes');
  assert.equal(foundClass(['1a']).notes, [
    'anna/2a.ts, bob/x/9z.ts: left alone, because it is for no exercise that is graded',
    'bob: notes: left alone, because its name is not that of an exercise, such as 1a.ts',
  ]);
  const whole = readClass(directory, exercises);
  assert.equal(
    [1, 2].map((part) => shardOf(whole, { part, of: 2 }).notes.length),
    [1, 2],
  );
});

test('a class: what file managers make is no student, and is said once', () => {
  const junk = ['__MACOSX/anna/._1a.ts', '.DS_Store', 'Thumbs.db', 'desktop.ini'];
  put('anna/1a.ts', 'anna/.DS_Store', 'anna/._1a.ts', 'anna/__MACOSX/1a.ts', ...junk);
  const { told, notes } = foundClass();
  assert.equal(told, [['anna', '// anna/1a.ts']]);
  assert.equal(notes, [
    '.DS_Store, Thumbs.db, __MACOSX, desktop.ini, ._1a.ts: left alone, because a file manager made it',
  ]);
});

test('a class of one file per student: folders without a file for the exercise change nothing', () => {
  put('__MACOSX/._anna.ts', 'feedback/anna.txt', 'anna.ts', 'Bob.TS', 'bob.ts', 'carol.zip', '._anna.ts', '.dora.ts');
  const { told, notes } = foundClass(['1a']);
  assert.equal(told, [
    ['Bob.TS', '// Bob.TS'],
    ['anna', '// anna.ts'],
    ['bob', '// bob.ts'],
  ]);
  assert.equal(notes, [
    '._anna.ts, __MACOSX: left alone, because a file manager made it',
    '.dora.ts: left alone, because its name begins with a dot',
    'carol.zip: left alone, because it is an archive: unpack it',
    'feedback: left alone, because it is a folder',
  ]);
  put('feedback/1a.ts');
  assert.equal(foundClass(['1a']).told, [['feedback', '// feedback/1a.ts']]);
});

test('a class of archives alone is none, and what to do is said; so is a folder around the class', () => {
  put('anna.zip', 'bob.tgz');
  assert.throws(
    () => readClass(directory, exercises),
    /anna\.zip, bob\.tgz: left alone, because it is an archive: unpack/,
  );
  assert.throws(() => readClass(join(directory, 'anna.zip'), exercises), /an archive must be unpacked first/);
  put('class/anna/1a.ts', 'class/bob/1a.ts');
  const layout = `If the folders in class are the students, name it: ${join(directory, 'class')}`;
  assert.ok(foundClass().notes.includes(layout));
  rmSync(join(directory, 'class'), { recursive: true });
  put('anna/README.md');
  assert.match(foundClass().notes.join('\n'), 'Nobody has handed in a file with the name of an exercise');
});

test('one person’s work is found in folders below, unless it could be several persons’', () => {
  put('work/1a.ts', 'work/notes/1b.ts');
  assert.equal(
    gather([directory], exercises, undefined).submissions.map(({ path }) => path),
    [join(directory, 'work/1a.ts'), join(directory, 'work/notes/1b.ts')],
  );
  put('other/1a.ts');
  assert.equal(gather([directory], exercises, undefined).submissions, []);
});

/** A path with bytes that are no UTF-8, as Latin-1. */
const at = (name: string) => Buffer.from(join(directory, name), 'latin1');

test('names that are not UTF-8 are kept byte for byte, and two of them are never one', () => {
  for (const name of ['jos\xe9', 'jos\xe8', 'jos\ufffd']) {
    const folder = name === 'jos\ufffd' ? join(directory, name) : at(name);
    mkdirSync(folder);
    writeFileSync(
      Buffer.concat([Buffer.from(folder), Buffer.from('/1a-'), Buffer.from([0xff]), Buffer.from('.ts')]),
      'x',
    );
  }
  const { told, students, notes } = foundClass();
  assert.equal(
    told.map(([, text]) => text),
    ['x', 'x', 'x'],
  );
  assert.equal(students.map(({ shown }) => shown).sort(), ['jos\\xe8', 'jos\\xe9', 'jos\ufffd']);
  assert.is(new Set(students.map(({ name }) => JSON.stringify(name))).size, 3);
  const e9 = students.find(({ shown }) => shown === 'jos\\xe9');
  assert.equal(bytesOf(e9?.cell ?? ''), Buffer.from('jos\xe9', 'latin1'));
  assert.ok(notes.includes('jos\\xe9: the name is not UTF-8: its bytes are jos\\xe9'), notes.join('\n'));
});

test('a name stays as it is in the table: joiners, marks, spaces', () => {
  const names = ['علی\u200cرضا', 'क्\u200dष', '\u200fשם', 'Anna  Maria ', 'anna_12345_assignsubmission_file_'];
  put(...names.map((name) => `${name}/1a.ts`));
  const { students } = foundClass();
  assert.equal(students.map(({ cell }) => cell).sort(), [...names].sort());
  const shown = students.map((student) => student.shown);
  for (const name of ['علی\u200cرضا', 'क्\u200dष', 'Anna Maria']) assert.ok(shown.includes(name), name);
});

for (const [title, one, other] of [
  ['a soft hyphen', 'anna', 'an\u00adna'],
  ['a filler', 'anna', 'anna\u3164'],
  ['a tag', 'anna', 'anna\u{e0061}'],
  ['a joiner that joins nothing', 'anna', 'an\u200cna'],
  ['two forms of a letter', 'jos\u00e9', 'jose\u0301'],
  ['another alphabet', 'anna', '\u0430nn\u0430'],
  ['spaces', 'anna b', 'anna\u00a0b'],
] as const) {
  test(`names that look the same are told apart, and stay as they are in the table: ${title}`, () => {
    put(`${one}/1a.ts`, `${other}/1a.ts`);
    const { students, notes } = foundClass();
    assert.equal(students.map(({ cell }) => cell).sort(), [one, other].sort());
    const shown = students.map((student) => student.shown);
    assert.is(new Set(shown).size, 2);
    for (const name of shown) assert.match(name, /^[ -~]+$/);
    assert.is(notes.filter((note) => note.includes('looks like another name')).length, 2);
  });
}

test('students whose names look the same are told apart', () => {
  put('a\x01/1a.ts', 'a\\x01/1a.ts');
  const { students } = readClass(directory, exercises);
  assert.equal(students.map(({ shown }) => shown).sort(), ['a\\x01', 'a\\x01 (2)']);
});

test.run();
