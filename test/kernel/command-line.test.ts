/** `npm run step`: exit statuses, streams, and what is refused before anything has started. */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startContainer } from '../support/container.ts';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { lab, launcher, top } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { patience } from '../support/patience.ts';
import { numbersOf } from '../support/steps.ts';

const test = suite('command line');

const STEPS = numbersOf();
const step = (...words: (string | number)[]) => lab(['step', ...words.map(String)]);
const linesIn = (text: string) => text.trimEnd().split('\n');

/** What step 0 itself prints. */
const greeting = (number: number) => (number === 0 ? 'Hello\nWorld\n' : '');

for (const number of STEPS) {
  kernelTest(test, [canRun(number)], `step ${number}: streams and exit status are the program's`, () => {
    const input = Array.from({ length: 30_000 }, (_, line) => `line ${line}\n`).join('');
    const words = ['step', String(number), '--', 'sh', '-c', 'cat; printf err >&2; exit 3'];
    const { status, stdout, stderr } = lab(words, { input });
    assert.is(status, 3);
    assert.ok(stdout === greeting(number) + input, `${stdout.length} bytes came back of ${input.length}`);
    assert.match(stderr, 'err');
  });

  kernelTest(test, [canRun(number)], `step ${number}: death by signal n is 128+n`, async () => {
    const container = await startContainer([String(number)]);
    process.kill(container.pid, 'SIGKILL');
    assert.is(await container.ended(), 128 + 9);
  });
}

for (const number of [0, 4, 8]) {
  kernelTest(test, [canRun(number)], `step ${number}: a program that is not there: 127, not executable: 126`, () => {
    const missing = step(number, 'no-such-program');
    assert.equal([missing.status, missing.stdout], [127, '']);
    assert.match(missing.stderr, 'no-such-program: command not found');
    // In every image and on every host, a file that nobody executes.
    const data = step(number, '/etc/passwd');
    assert.equal([data.status, data.stdout], [126, '']);
    assert.match(data.stderr, '/etc/passwd');
    assert.match(data.stderr, 'is not executable');
  });
}

for (const [name, number, status] of [
  ['SEGV', 1, 139],
  ['TERM', 2, 143],
  ['ABRT', 0, 134],
] as const) {
  kernelTest(test, [canRun(number)], `a program that ends itself with SIG${name} gives ${status}`, () => {
    assert.is(step(number, '--', 'sh', '-c', `kill -${name} $$; sleep 10`).status, status);
  });
}

kernelTest(test, [canRun(4)], 'signals are as an ordinary program has them: SIGPIPE ends a writer', () => {
  const { status, stdout } = step(4, '--', 'bash', '-c', 'yes | head -n 1; echo $PIPESTATUS');
  assert.equal([status, stdout], [0, 'y\n141\n']);
});

kernelTest(test, [canRun(4)], 'the kit speaks on stderr; with --quiet it does not speak', () => {
  const told = step(5, '--', 'echo', 'program');
  assert.is(told.stdout, 'program\n');
  assert.match(told.stderr, 'Root inside is user');
  const quiet = step(7, '--quiet', '--', 'echo', 'program');
  assert.equal([quiet.stdout, quiet.stderr], ['program\n', '']);
});

kernelTest(test, [canRun(4)], 'words after the command are its own', () => {
  assert.is(step(4, 'echo', '--memory', '-n', '--', '--trace').stdout, '--memory -n -- --trace\n');
  assert.is(step(7, '--pids', 100, 'echo', '--pids=5').stdout, '--pids=5\n');
  assert.is(step(4, '--', '--', 'x').status, 127);
  assert.is(step(4, '--', 'printf', '[%s]', 'a b', '', '$HOME', '*').stdout, '[a b][][$HOME][*]');
});

kernelTest(test, [canRun(4)], 'without a command, a shell reads from a pipe', () => {
  for (const number of [1, 4, 6]) {
    const { status, stdout } = lab(['step', String(number)], { input: 'echo from the pipe\nexit 3\n' });
    assert.equal([status, stdout], [3, 'from the pipe\n'], `step ${number}`);
  }
});

/** The kit in a pipeline, as a shell makes one. */
function shell(script: string, options: SpawnSyncOptions = {}) {
  const { status, stdout, stderr } = spawnSync(
    'bash',
    ['-c', `kit() { '${process.execPath}' '${launcher}' "$@"; }\n${script}`],
    {
      cwd: top,
      encoding: 'utf8',
      timeout: patience(40_000),
      ...options,
    },
  );
  return { status, stdout: String(stdout), stderr: String(stderr) };
}

for (const number of [0, 4, 8]) {
  kernelTest(test, [canRun(number), program('bash')], `step ${number}: nothing is lost in a slow pipe`, () => {
    const script = `kit step ${number} --quiet -- sh -c 'head -c 3000000 /dev/zero; exit 4' | (sleep 1; wc -c); echo $PIPESTATUS`;
    assert.equal(linesIn(shell(script).stdout).map(Number), [3_000_000 + greeting(number).length, 4]);
    // By the time that the program writes, the kit has long settled down to wait.
    const late = `kit step ${number} --quiet -- sh -c 'sleep 0.5; head -c 3000000 /dev/zero >&2' 2>&1 >/dev/null | (sleep 1; wc -c)`;
    assert.is(Number(shell(late).stdout), 3_000_000);
  });
}

kernelTest(test, [canRun(4), program('bash')], 'nor when the kit and the program share the pipe', () => {
  const script = `kit step 4 --trace -- sh -c 'head -c 300000 /dev/zero | tr "\\0" "\\176"' 2>&1 | (sleep 1; cat)`;
  const { stdout } = shell(script);
  assert.is(stdout.split('~').length - 1, 300_000);
  assert.match(stdout, 'execve(');
  assert.match(stdout, /WIFEXITED/);
});

kernelTest(
  test,
  [canRun(2), program('bash')],
  'a reader that goes away ends the program, not with an error of ours',
  () => {
    const { stdout } = shell('kit step 2 -- yes | head -n 1; echo $PIPESTATUS');
    assert.equal(linesIn(stdout), ['y', '141']);
  },
);

kernelTest(test, [canRun(8), program('setsid')], 'it works without a terminal, and without any stdin', () => {
  for (const number of [0, 3, 8]) {
    const words = ['--wait', process.execPath, launcher, 'step', String(number), '--', 'sh', '-c', 'cat; exit 6'];
    const { status } = spawnSync('setsid', words, { cwd: top, stdio: 'ignore', timeout: patience(20_000) });
    assert.is(status, 6, `step ${number}`);
  }
  assert.is(shell("kit step 4 -- sh -c 'cat; exit 6' <&-").status, 6);
  assert.is(shell('kit step 4 -- sh -c "exit 6" >&- 2>&-').status, 6);
});

kernelTest(test, [canRun(1)], 'narration that cannot be written is lost; what was asked for is missed', () => {
  assert.is(shell('kit step 1 --trace -- sh -c "exit 6" 2>/dev/full').status, 6);
  const { status, stderr } = shell('kit clean >/dev/full');
  assert.is(status, 1);
  assert.match(stderr, /^Standard output cannot be written: .*ENOSPC.*\n$/);
});

const REFUSED = [
  ['99'],
  ['four'],
  ['-1'],
  ['4.0'],
  ['04'],
  [''],
  ['4', '--nope'],
  ['4', '-x'],
  ['4', '--memory', '64m'],
  ['3', '--uid-map', '0:1:1'],
  ['6', '--pids', '8'],
  ['3', '--rootfs', '/no/such/directory'],
  ['0', '--hostname', 'x'],
  ['1', '--hostname', ''],
  ['1', '--hostname', 'x'.repeat(65)],
  ['4', '--trace=xml'],
  ['4', '--pause=1'],
  ['5', '--uid-map', '0:1'],
  ['5', '--uid-map', '0:1:0'],
  ['5', '--uid-map', 'a:b:c'],
  ['5', '--gid-map', '0:4294967295:2'],
  ['7', '--memory', 'lots'],
  ['7', '--memory', '-5m'],
  ['7', '--memory='],
  ['7', '--memory', '0'],
  ['7', '--cpus', '0'],
  ['7', '--cpus', 'two'],
  ['7', '--cpu-shares', '1'],
  ['7', '--cpuset-cpus', '1-0'],
  ['7', '--cpuset-cpus', 'all'],
  ['7', '--cpuset-cpus', '0-999999'],
  ['7', '--pids', '0'],
  ['7', '--pids', '1.5'],
  ['7', '--device-write-bps', '1mbit'],
  ['8', '--rootfs', '/no/such/directory'],
  ['8', '--rootfs', '/etc/passwd'],
  ['8', '--rootfs', '..'],
];

for (const [kind, chosen] of [
  ['steps', ([, option]: string[]) => option === undefined],
  ['options', ([, option]: string[]) => option !== undefined],
] as const) {
  kernelTest(test, [canRun(8)], `unknown ${kind} and bad values are refused with one line, and nothing starts`, () => {
    const witness = join(temporaryDirectory(), 'started');
    for (const words of REFUSED.filter(chosen)) {
      const { status, stdout, stderr } = step(...words, '--', 'touch', witness);
      assert.equal([words, status, stdout], [words, 2, ''], stderr);
      assert.is(linesIn(stderr).length, 1, stderr);
      assert.not.match(stderr, /\bat .*:\d+:\d+/);
    }
    assert.is(existsSync(witness), false);
  });
}

kernelTest(test, [canRun(8)], 'an image that there is no recipe for is refused', () => {
  const { status, stdout, stderr } = step(8, '--rootfs', 'no-such-image', '--', 'true');
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, 'no-such-image');
});

kernelTest(test, [], 'an option without its value is refused', () => {
  for (const words of [
    ['7', '--memory'],
    ['1', '--hostname'],
  ]) {
    const { status, stderr } = step(...words);
    assert.is(status, 2);
    assert.match(stderr, /needs a value/);
  }
  assert.is(lab(['clean', 'everything']).status, 2);
  assert.is(lab(['doctor', '--nope']).status, 2);
  assert.is(lab(['nonsense']).status, 2);
});

kernelTest(
  test,
  [canRun(4)],
  'a file that the kernel cannot execute gives 126, one whose interpreter is missing 127',
  () => {
    const directory = temporaryDirectory();
    const make = (name: string, text: string) => {
      const path = join(directory, name);
      writeFileSync(path, text);
      chmodSync(path, 0o755);
      return path;
    };
    const [garbage, orphan] = [make('garbage', '\0\x01\x02'), make('orphan', '#!/no/such/interpreter\n')];
    mkdirSync(join(directory, 'folder'));
    assert.equal([step(4, garbage).status, step(4, orphan).status], [126, 127]);
    assert.match(step(4, garbage).stderr, /step 4, child call \d+ of \d+ failed:\n.*ENOEXEC/);
    assert.is(step(4, join(directory, 'folder')).status === 0, false);
    chmodSync(join(directory, 'garbage'), 0o644);
    assert.is(step(4, garbage).status, 126);
  },
);

kernelTest(test, [canRun(4), program('npm')], 'through npm it is the same', () => {
  const { status, stdout } = spawnSync('npm', ['run', '-s', 'step', '4', '--', 'sh', '-c', 'cat; exit 3'], {
    cwd: top,
    encoding: 'utf8',
    input: 'by pipe\n',
    timeout: patience(40_000),
  });
  assert.equal([status, stdout], [3, 'by pipe\n']);
});

test.run();
