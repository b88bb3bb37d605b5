/** `npm run exercise`, `progress` and `exercises:check`, as they are typed. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, textOf } from '../../src/catalogue/exercises.ts';
import { hintsForNothing, lacks, prove } from '../../src/grading/proof.ts';
import { progressFile } from '../../src/practice/progress-file.ts';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { lab } from '../support/lab.ts';
import { canRun, otherUsers, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';
import { TestWorkspace } from '../support/workspace.ts';

const test = suite('exercises');
const SOMEBODY = 12_345;
/** Seconds that a program may take. */
const timeout = patience(30);

kernelTest(
  test,
  [],
  'an exercise: the task, the file, what to type next; a second time it is as one left it',
  async () => {
    const { env, entry, ...workspace } = await TestWorkspace.open('1a');
    const first = lab(['exercise', '1a'], { env });
    assert.equal([first.status, first.stderr], [0, '']);
    assert.match(first.stdout, /^A domain name, too\n/);
    assert.match(first.stdout, `${workspace.file} (the starter)\n`);
    assert.match(first.stdout, 'npm run watch 1a`\n');
    assert.is(readFileSync(workspace.file, 'utf8'), textOf(entry, 'starter.ts'));
    assert.match(lab(['exercise', '1'], { env }).stdout, '(yours, as you left it)');
  },
);

kernelTest(test, [], 'without a terminal the menu is a list, with marks', async () => {
  const { env } = await TestWorkspace.open('1a');
  lab(['exercise', '1a'], { env });
  const { status, stdout } = lab(['exercise'], { env });
  const lines = stdout.trimEnd().split('\n');
  assert.equal([status, lines.length], [0, (await catalogue()).length]);
  assert.ok(lines.includes('· 1a  A domain name, too (write it, started)'));
});

kernelTest(test, [], 'what is not there, and what is not known, is one line and status 2', async () => {
  const { env } = await TestWorkspace.open('1a');
  for (const words of ['exercise 1z', 'exercise 99', 'exercise 1 2', 'exercise --x', 'exercise ../1a/x', 'watch 1z']) {
    const { status, stdout, stderr } = lab(words.split(' '), { env });
    assert.equal([status, stdout, stderr.trimEnd().split('\n').length], [2, '', 1], words);
  }
  for (const words of [
    'watch 1a 2',
    'watch --x',
    'progress x',
    'exercises check 1z',
    'exercises check --jobs 0',
    'exercises',
  ])
    assert.is(lab(words.split(' '), { env }).status, 2, words);
});

kernelTest(test, [otherUsers, root], 'a file that the learner cannot write is not called theirs', async () => {
  const { env, ...workspace } = await TestWorkspace.open('1a', SOMEBODY);
  assert.is(lab(['exercise', '1a'], { env }).status, 0);
  const { status, stdout, stderr } = lab(['exercise', '1a'], { env, uid: SOMEBODY });
  assert.equal([status, stdout], [1, '']);
  assert.match(stderr, `${workspace.file} cannot be written: EACCES. Run this as the user who owns the folder, or`);
});

kernelTest(test, [root], 'under sudo, what is made belongs to the user who ran sudo', async () => {
  const { env, ...workspace } = await TestWorkspace.open('1a');
  assert.match(
    lab(['exercise', '1a'], { env: { ...env, SUDO_UID: `${SOMEBODY}`, SUDO_GID: `${SOMEBODY}` } }).stdout,
    '`sudo npm run watch 1a`',
  );
  const progress = join(env.XDG_STATE_HOME ?? '', 'container-lab/progress.json');
  const made = [workspace.file, join(workspace.directory, 'tsconfig.json'), workspace.directory];
  for (const path of [...made, progress, dirname(progress), env.XDG_STATE_HOME ?? ''])
    assert.equal([statSync(path).uid, statSync(path).gid], [SOMEBODY, SOMEBODY], path);
});

kernelTest(test, [root], 'under sudo, the progress is that of the user who ran sudo', () => {
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n');
  const [, , uid = '', gid = '', , home = ''] = accounts.find((line) => !/^(root)?(:|$)/.test(line))?.split(':') ?? [];
  const caller = { HOME: '/root', SUDO_UID: uid, SUDO_GID: gid };
  assert.is(progressFile(caller), join(home, '.local/state/container-lab/progress.json'));
  assert.is(progressFile({ ...caller, XDG_STATE_HOME: '/state' }), '/state/container-lab/progress.json');
  assert.is(progressFile({ ...caller, SUDO_UID: '0' }), '/root/.local/state/container-lab/progress.json');
});

kernelTest(test, [], 'the progress for programs', async () => {
  const { env } = await TestWorkspace.open('1a');
  lab(['exercise', '1a'], { env });
  const { file, lessons } = JSON.parse(lab(['progress', '--json'], { env }).stdout);
  assert.is(file, join(env.XDG_STATE_HOME ?? '', 'container-lab/progress.json'));
  const uts = lessons.find(({ id }: { id: string }) => id === 'uts');
  assert.equal([uts.step, uts.exercises[0].id, uts.exercises[0].state], [1, '1a', 'started']);
});

kernelTest(test, [canRun(8)], 'a proof: a line per program, and a summary', () => {
  const { status, stdout } = lab(['exercises:check', '1a', '--jobs', '2', '--timeout', String(timeout)]);
  assert.is(status, 0, stdout);
  assert.match(
    stdout,
    /^✓ 1a starter: fails: the domain name inside: .*\n✓ 1a solution: it passes\n✓ 1a solution, again: /,
  );
  assert.match(stdout, /\n\n\d+ passed, 0 failed\n$/);
});

kernelTest(test, [canRun(8)], 'what is not as claimed is found', async () => {
  const { entry } = await TestWorkspace.open('1a');
  const claim = { id: '1a', name: 'x' };
  const options = { timeout };
  const solution = textOf(entry, 'solution.ts');
  const starter = textOf(entry, 'starter.ts');
  const passes = await prove(entry, { ...claim, text: solution, fails: 'something' }, options);
  assert.equal([passes.outcome, passes.detail], ['failed', 'it must fail with "something", but it passes']);
  const fails = await prove(entry, { ...claim, text: starter }, options);
  assert.is(fails.outcome, 'failed');
  const otherwise = await prove(entry, { ...claim, text: starter, fails: 'something' }, options);
  assert.match(otherwise.detail, /^it must fail with "something", but failed: the domain name inside/);
  const stale = { ...entry, hints: [{ when: 'an old name', text: 'x' }] };
  assert.equal(hintsForNothing(stale, [passes]), ['a hint is for "an old name", which no check is called']);
  const bare = { ...entry, hints: [], starterFails: '', directory: temporaryDirectory() };
  const missing = await lacks(bare);
  assert.is(missing.length, 7, missing.join('\n'));
  assert.equal(await lacks(entry), []);
});

test.run();
