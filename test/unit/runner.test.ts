/** test/run.ts itself: whatever goes wrong in a test file must count as a failure. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { patience } from '../support/patience.ts';

const here = dirname(fileURLToPath(import.meta.url));
const runner = join(here, '..', 'run.ts');
const loader = join(here, '..', '..', 'bin', 'tsx.mjs');
const folder = mkdtempSync(join(tmpdir(), 'tmp-runner-'));
// Out there the files are modules, and find uvu, all the same.
writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
symlinkSync(join(here, '../../node_modules'), join(folder, 'node_modules'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const START = `import { test } from 'uvu';\nimport * as assert from 'uvu/assert';\n`;
const passes = (name: string) => `test('${name}', () => {});\n`;
const fails = (name: string) => `test('${name}', () => assert.is(1, 2));\n`;

let runs = 0;
/** A setting in seconds. */
const seconds = (count: number) => String(patience(count));
const limit = { TEST_TIMEOUT: seconds(20) };

/** Runs the runner on a folder of such files; every file is selected by the word `unit` or `kernel`. */
function runOn(files: Record<string, string>, words = ['tmp-runner'], environment: Record<string, string> = limit) {
  runs += 1;
  const place = join(folder, String(runs));
  mkdirSync(place);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place, name)), { recursive: true });
    writeFileSync(join(place, name), START + text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--import', loader, runner, ...words], {
    encoding: 'utf8',
    env: { ...process.env, TEST_FOLDER: place, ...environment },
    timeout: patience(60_000),
  });
  return { status, stdout, stderr, last: stdout.trimEnd().split('\n').at(-1), place };
}

test('all is well: both folders, sorted, counted', () => {
  const { status, stdout, last } = runOn({
    'unit/b.test.ts': `${passes('one')}${passes('two')}test.run();`,
    'unit/a.test.ts': `${passes('three')}test.run();`,
    'kernel/deep/c.test.ts': `${passes('four')}test.run();`,
    'unit/helper.ts': 'throw new Error();',
  });
  assert.is(last, '4 passed, 0 failed');
  assert.is(status, 0);
  assert.equal(stdout.match(/^✓ \S+/gm), ['✓ unit/a.test.ts:', '✓ unit/b.test.ts:', '✓ kernel/deep/c.test.ts:']);
});

test('no file at all, no folder, and no file that matches', () => {
  assert.equal([runOn({}).status, runOn({}).last], [1, '0 passed, 1 failed']);
  assert.is(runOn({ 'unit/helper.ts': '' }).status, 1);
  const none = runOn({ 'unit/a.test.ts': `${passes('one')}test.run();` }, ['no-such-file']);
  assert.is(none.status, 1);
  assert.match(none.stdout, 'no test file matches no-such-file');
});

/** Files of which each is one failure. */
const BAD: Record<string, string> = {
  'forgets test.run()': passes('one'),
  'has no test': 'test.run();',
  fails: `${passes('one')}${fails('two')}test.run();`,
  'throws at its top': `${passes('one')}test.run();\nthrow new Error('top');`,
  'is no TypeScript': 'test(((',
  'imports what is not there': `import './nowhere.ts';\n${passes('one')}test.run();`,
  'exits with 0 in the middle': `test('one', () => process.exit(0));\n${passes('two')}test.run();`,
  'exits with 0 at its top': `${passes('one')}test.run();\nprocess.exit(0);`,
  'exits with 1 after all': `${passes('one')}test.after(() => { setTimeout(() => process.exit(1), 50); });test.run();`,
  'waits for what never comes': `test('one', () => new Promise(() => {}));\n${passes('two')}test.run();`,
  'fails before': `test.before(() => { throw new Error('before'); });\n${passes('one')}test.run();`,
  'fails after': `test.after(() => { throw new Error('after'); });\n${passes('one')}test.run();`,
  'leaves a promise rejected': `${passes('one')}test.run();\nvoid Promise.reject(new Error('unhandled'));`,
  'kills itself': `test('one', () => { process.kill(process.pid, 'SIGKILL'); });test.run();`,
};

test('each way for a file to go wrong is one failure, and costs nothing else', () => {
  const files = Object.entries(BAD).map(([, text], index) => [`unit/bad${index}.test.ts`, text]);
  const { status, stdout } = runOn({
    ...Object.fromEntries(files),
    'unit/good.test.ts': `${passes('one')}test.run();`,
  });
  Object.keys(BAD).forEach((name, index) => {
    assert.match(
      stdout,
      new RegExp(`^✗ unit/bad${index}\\.test\\.ts: \\d passed, 1 failed`, 'm'),
      `a file that ${name}\n${stdout}`,
    );
  });
  assert.match(stdout, /^✓ unit\/good\.test\.ts: 1 passed/m);
  assert.match(stdout, new RegExp(`^\\d+ passed, ${Object.keys(BAD).length} failed$`, 'm'));
  assert.is(status, 1);
});

test('the files of the first word come first', () => {
  const file = `${passes('one')}test.run();`;
  const { stdout } = runOn({ 'unit/a.test.ts': file, 'unit/b.test.ts': file, 'kernel/c.test.ts': file }, ['/c.', '/']);
  assert.equal(stdout.match(/^✓ \S+/gm), ['✓ kernel/c.test.ts:', '✓ unit/a.test.ts:', '✓ unit/b.test.ts:']);
});

test('when the time is up, the files that are left are named, and count as nothing', () => {
  const wait = `test('one', () => new Promise((resolve) => { setTimeout(resolve, ${patience(3000)}); }));test.run();`;
  const file = `${passes('two')}test.run();`;
  const { status, stdout, last } = runOn(
    { 'unit/a.test.ts': wait, 'unit/b.test.ts': file, 'unit/c.test.ts': file },
    ['--jobs', '1', 'unit'],
    { ...limit, TEST_BUDGET: seconds(3) },
  );
  assert.equal([status, last], [0, '1 passed, 0 failed']);
  const left = `^not run, since ${seconds(3)} s are over: unit/b\\.test\\.ts, unit/c\\.test\\.ts$`;
  assert.match(stdout, new RegExp(left, 'm'));
});

/** The body of a test that begins, and ends when another file's test has begun. */
const meets = (own: string, other: string) => `import { existsSync, writeFileSync } from 'node:fs';
  test('meets', async () => {
    writeFileSync(new URL('./${own}', import.meta.url), '');
    console.log('${own} waits');
    while (!existsSync(new URL('./${other}', import.meta.url))) await new Promise((next) => setTimeout(next, 20));
    await new Promise((next) => setTimeout(next, ${own === 'first' ? patience(1000) : 0}));
    console.log('${own} has met');
    assert.unreachable();
  });
  test.run();`;

test('files run side by side; what each printed stands together, in order, though the first ends last', () => {
  const { stdout, last } = runOn(
    {
      'unit/a.test.ts': meets('first', 'second'),
      'unit/b.test.ts': meets('second', 'first'),
      'unit/c.test.ts': `${passes('one')}test.run();`,
    },
    ['--jobs', '2', 'unit'],
  );
  assert.is(last, '1 passed, 2 failed');
  const told = stdout.match(/^[✓✗] \S+|(first|second) (waits|has met)/gm);
  const of = (file: string, name: string) => [`✗ unit/${file}.test.ts:`, `${name} waits`, `${name} has met`];
  assert.equal(told, [...of('a', 'first'), ...of('b', 'second'), '✓ unit/c.test.ts:']);
});

test('with --jobs 1 they do not', () => {
  const files = { 'unit/a.test.ts': meets('first', 'second'), 'unit/b.test.ts': meets('second', 'first') };
  const { stdout, status } = runOn(files, ['--jobs', '1', 'a.test'], { TEST_TIMEOUT: seconds(5) });
  assert.is(status, 1);
  assert.match(stdout, 'first waits');
  assert.not.match(stdout, 'has met');
});

test('a number of jobs that is none is named in one line', () => {
  for (const words of [['--jobs', '0'], ['--jobs', 'many'], ['--jobs'], ['--job', '2']]) {
    const { status, stderr } = runOn({}, words);
    assert.is(status, 2);
    assert.match(stderr, /^[^\n]*--job[^\n]*\n$/);
  }
});

test('what a failing file printed is shown', () => {
  const { stdout } = runOn({ 'unit/a.test.ts': `console.log('a clue');\n${fails('the name')}test.run();` });
  assert.match(stdout, /^ {4}a clue$/m);
  assert.match(stdout, /FAIL {2}"the name"/);
});

test('skipped tests are no failures, and hide none', () => {
  const skip = `console.log('skipped: odd: needs luck');\ntest.skip('odd', () => {});\n`;
  const fine = runOn({
    'unit/a.test.ts': `${skip}${passes('one')}test.run();`,
    'unit/b.test.ts': `${skip}test.run();`,
  });
  assert.equal([fine.status, fine.last], [0, '1 passed, 0 failed, 2 skipped']);
  assert.match(fine.stdout, /^ {4}skipped: odd: needs luck$/m);
  const bad = runOn({
    'unit/a.test.ts': `${skip}${passes('one')}test.run();`,
    'unit/b.test.ts': `${fails('two')}test.run();`,
  });
  assert.equal([bad.status, bad.last], [1, '1 passed, 1 failed, 1 skipped']);
  const two = runOn({ 'unit/a.test.ts': `${skip}${fails('one')}${fails('two')}test.run();` });
  assert.is(two.last, '0 passed, 2 failed, 1 skipped');
});

const alive = (pid: number) => {
  try {
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

test('a file that hangs is ended, with what it started, and counts as a failure', () => {
  const hang = `import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    test('one', () => new Promise(() => {
      writeFileSync(new URL('./pid', import.meta.url), String(spawn('sleep', ['1000'], { stdio: 'inherit' }).pid));
      setInterval(() => {}, 1000);
    }));
    test.run();`;
  const start = Date.now();
  const { status, stdout, place } = runOn({ 'unit/hang.test.ts': hang }, ['hang'], { TEST_TIMEOUT: seconds(3) });
  assert.is(status, 1);
  assert.match(stdout, `no end within ${seconds(3)} s`);
  assert.ok(Date.now() - start < patience(15_000));
  assert.not.ok(alive(Number(readFileSync(join(place, 'unit/pid'), 'utf8'))));
});

test('a process that a file leaves behind, with the pipes open, is a failure and no hold-up', () => {
  const leave = `import { spawn } from 'node:child_process';
    import { writeFileSync } from 'node:fs';
    test('one', () => {
      const child = spawn('setsid', ['sleep', '1000'], { stdio: 'inherit' });
      writeFileSync(new URL('./pid', import.meta.url), String(child.pid));
      child.unref();
    });
    test.run();`;
  const { status, stdout, place } = runOn({ 'unit/leave.test.ts': leave }, ['leave']);
  try {
    assert.match(stdout, 'it has ended, but left a process behind');
    assert.is(status, 1);
  } finally {
    const pid = Number(readFileSync(join(place, 'unit/pid'), 'utf8'));
    if (alive(pid)) process.kill(pid, 'SIGKILL');
  }
});

test('a runner that is ended takes the running file along, and starts no other', async () => {
  const place = join(folder, 'ended');
  mkdirSync(join(place, 'unit'), { recursive: true });
  const body = `import { writeFileSync } from 'node:fs';
    test('one', () => new Promise(() => {
      writeFileSync(new URL('./pid', import.meta.url), String(process.pid));
      setInterval(() => {}, 1000);
    }));
    test.run();`;
  writeFileSync(join(place, 'unit/wait.test.ts'), START + body);
  writeFileSync(join(place, 'unit/waits.test.ts'), START + body.replace('./pid', './next'));
  const child = spawn(process.execPath, ['--import', loader, runner, '--jobs', '1', 'wait'], {
    env: { ...process.env, TEST_FOLDER: place, ...limit },
    stdio: 'ignore',
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  let pid = 0;
  for (let tries = 0; pid === 0 && tries < 500; tries++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    try {
      pid = Number(readFileSync(join(place, 'unit/pid'), 'utf8'));
    } catch {}
  }
  child.kill('SIGTERM');
  assert.is(await ended, 143);
  for (let tries = 0; alive(pid) && tries < 100; tries++) await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok(pid > 0);
  assert.not.ok(alive(pid));
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.not.ok(existsSync(join(place, 'unit/next')));
});

test.run();
