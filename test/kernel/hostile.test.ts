/** Submissions that would rather have points than deserve them, and some that only want to do harm. */
import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, type Entry } from '../../src/catalogue/exercises.ts';
import { word } from '../../src/checks/draw.ts';
import { gradeText } from '../../src/grading/grade.ts';
import { kernelTest, onTestEnd, temporaryDirectory } from '../support/kernel-test.ts';
import { lab, loader, top } from '../support/lab.ts';
import { canRun, root } from '../support/needs.ts';
import { machineState } from '../support/untouched.ts';

const folder = join(top, 'test/hostile');
const TIMEOUT_S = 8;
/** To start, to look, and to clean up. */
const MARGIN_S = 6;
const USER = 4711;

/** Those that are aimed at another exercise than 1a: at its checks. */
const AIMS: Readonly<Record<string, string>> = {
  'handler-for-programs.ts': '5b',
  'names-with-escapes.ts': '6a',
  'thousands-of-descriptors.ts': '2a',
  'thousands-of-mounts.ts': '4a',
};

/** What no file of the corpus can hold. */
const RAW: Readonly<Record<string, string>> = {
  'no-program.ts': 'export async function run( {{{',
  'empty.ts': '',
  'binary.ts': '\0\x01\x7fELF\xff'.repeat(1000),
};

const files = Object.fromEntries(
  readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')] as const),
);

const hostile = suite('hostile submissions');
const needs = [root, canRun(7)];

for (const [name, text] of Object.entries({ ...files, ...RAW })) {
  kernelTest(hostile, needs, `${name}: no points, in time, and the machine is as it was`, async () => {
    const before = machineState();
    const grade = await gradeText(await target(AIMS[name]), text, { timeout: TIMEOUT_S });
    assert.is(grade.status, 'failed', grade.message);
    assert.is(grade.points, 0);
    assert.ok(grade.seconds < TIMEOUT_S + MARGIN_S, `${grade.seconds} s`);
    assert.equal(JSON.parse(JSON.stringify(grade)).status, 'failed');
    assert.ok(JSON.stringify(grade).length < 200_000, 'the report is of a size to be read');
    const after = machineState();
    for (const [key, value] of Object.entries(before)) assert.equal(after[key], value, `${key} changed`);
    console.log(`${name}: ${grade.message?.slice(0, 160)} (${grade.seconds} s)`);
  });
}

kernelTest(hostile, needs, 'nothing of the grader’s variables, descriptors and arguments can be seen', async () => {
  const [secret, file] = [word(16), join(temporaryDirectory(), 'results.json')];
  const fd = openSync(file, 'w');
  process.env.GRADERS_SECRET = secret;
  onTestEnd(() => {
    closeSync(fd);
    delete process.env.GRADERS_SECRET;
  });
  const { printed = [] } = await gradeText(await target(), files['environment.ts'] ?? '', { timeout: TIMEOUT_S });
  const seen = printed.filter((line) => line.startsWith('seen: ')).map((line) => line.slice('seen: '.length));
  assert.ok(seen.length > 8, printed.join('\n'));
  for (const grader of [secret, file, top, ...process.argv]) {
    assert.not.ok(
      seen.some((line) => line.includes(grader)),
      `${grader} in ${seen.join(' ')}`,
    );
  }
});

kernelTest(hostile, needs, 'no solution, no wrong one, no check and no hint is anywhere to be seen', async () => {
  const names = ['solution.ts', 'wrong.ts', 'exercise.ts', 'hints.ts', 'after.md', 'assignment.ts'];
  const text = `
    import { spawnSync } from 'node:child_process';
    export async function run() {
      const find = ['/', '(', '-path', '/proc', '-o', '-path', '/usr', ')', '-prune', '-o', '-type', 'f', '-print'];
      const { stdout } = spawnSync('find', find, { encoding: 'utf8', maxBuffer: 2 ** 26 });
      const found = stdout.split('\\n').filter((path) => ${JSON.stringify(names)}.includes(path.split('/').at(-1)));
      console.log('seen: ' + found.join(' '));
      return { status: 0 };
    }`;
  const { printed = [] } = await gradeText(await target(), text, { timeout: TIMEOUT_S });
  assert.equal(
    printed.filter((line) => line.startsWith('seen: ')),
    // It does see what runs it.
    ['seen: /kit/src/submission/assignment.ts'],
  );
});

kernelTest(hostile, needs, 'the session keyring is not the one of whoever grades', async () => {
  const secret = word(16);
  const keys = sessionKeys();
  keys.join();
  assert.ok(keys.add('container-lab test', secret) > 0);
  const { printed = [] } = await gradeText(await target(), files['session-keyring.ts'] ?? '', { timeout: TIMEOUT_S });
  assert.equal(
    printed.filter((line) => line.startsWith('seen: ')),
    ['seen: 0 bytes of serial numbers'],
  );
});

kernelTest(hostile, needs, 'what the kernel counts for each user is still there for root', async () => {
  let ended = false;
  const grading = gradeText(await target(), files['quotas-of-a-user.ts'] ?? '', { timeout: TIMEOUT_S });
  void grading.finally(() => {
    ended = true;
  });
  const failures: string[] = [];
  while (!ended) {
    const { status, stderr } = await watchFolder();
    if (status !== 0) failures.push(stderr);
  }
  const { printed = [] } = await grading;
  assert.ok(
    printed.some((line) => /^seen: \d{2,} instances$/.test(line)),
    printed.join('\n'),
  );
  assert.equal(failures, []);
});

kernelTest(
  hostile,
  [root, canRun(5, 'rootless')],
  'what the kernel counts for each user is still there for an ordinary user who grades',
  async () => {
    const words = ['grade', join(place(), '1a.ts'), '--timeout', String(TIMEOUT_S)];
    const grading = spawn(process.execPath, [join(top, 'bin/lab.cjs'), ...words], {
      ...{ cwd: top, uid: USER, gid: USER, stdio: 'ignore' },
      env: { ...process.env, HOME: '/nonexistent' },
    });
    onTestEnd(() => void grading.kill('SIGKILL'));
    const failures: string[] = [];
    let looks = 0;
    while (grading.exitCode === null) {
      const { status, stderr } = await watchFolder(USER);
      if (status !== 0) failures.push(stderr);
      looks += 1;
    }
    assert.equal([grading.exitCode, failures, looks > 3], [1, [], true]);
  },
);

/** A folder that anybody can read, with the program that takes all. */
function place(): string {
  const directory = temporaryDirectory(USER);
  writeFileSync(join(directory, '1a.ts'), files['quotas-of-a-user.ts'] ?? '');
  return directory;
}

kernelTest(hostile, needs, 'a process with a command line of 200 MB stops no command of the kit', async () => {
  const code = `void require(${JSON.stringify(join(folder, 'long-words.ts'))}).run()`;
  const other = spawn(process.execPath, ['--import', loader, '-e', code], { cwd: top });
  onTestEnd(() => void other.kill('SIGKILL'));
  const [said] = await once(other.stdout, 'data');
  assert.is(String(said).trim(), 'prctl: 0');
  const { status, stderr } = lab(['clean']);
  assert.is(status, 0, stderr);
  assert.is(other.exitCode, null, 'it was there meanwhile');
});

async function target(aim = '1a'): Promise<Entry> {
  const entry = (await catalogue()).find(({ id }) => id === aim);
  if (!entry) throw new Error(`The corpus is aimed at exercise ${aim}, which is not there.`);
  return entry;
}

/** A program that needs an instance of inotify. */
function watchFolder(uid = 0): Promise<{ status: number; stderr: string }> {
  return new Promise((resolve) => {
    const words = ['-e', "require('node:fs').watch('/').close()"];
    execFile(process.execPath, words, { uid }, (error, _, stderr) => resolve({ status: error ? 1 : 0, stderr }));
  });
}

/** keyctl(2) and add_key(2), which no library of this project has. */
function sessionKeys() {
  const koffi: typeof import('koffi') = createRequire(import.meta.url)('koffi');
  const libc = koffi.load('libc.so.6');
  const [addKey, keyctl] = process.arch === 'arm64' ? [217, 219] : [248, 250];
  const join = libc.func('int64_t syscall(int64_t, int64_t, int64_t)');
  const add = libc.func('int64_t syscall(int64_t, str, str, str, int64_t, int64_t)');
  return {
    join: () => join(keyctl, 1, 0),
    add: (name: string, text: string) => Number(add(addKey, 'user', name, text, text.length, -3)),
  };
}

hostile.run();
