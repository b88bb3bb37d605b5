/** What a child of the executor is, and what its parent stays. No privileges needed. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Child, type CloneOptions } from '../../src/executor/child.ts';
import type { ChildEvent } from '../../src/executor/events.ts';
import { CallFailure } from '../../src/executor/failure.ts';
import { attempt } from '../../src/executor/perform.ts';
import { atLeast, type Call, defineCall, isOut, tolerating } from '../../src/syscalls/call.ts';
import { chdir, close, openat, pipe2, read, write } from '../../src/syscalls/files.ts';
import {
  CLONE_NEWNS,
  CLONE_NEWUSER,
  O_CREAT,
  O_DIRECTORY,
  O_PATH,
  O_RDONLY,
  O_WRONLY,
} from '../../src/syscalls/flags.ts';
import { cloneCall, execve, exit, getpid, handOver, kill, wait4, waitForSignal } from '../../src/syscalls/processes.ts';
import { top } from '../support/lab.ts';
import { patience } from '../support/patience.ts';

const folder = mkdtempSync(join(tmpdir(), 'lab-child-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const DUP3 = defineCall({ name: 'dup3', source: 'dup(2)', purpose: '', show: [] });

/** Both ways to make a child must come to the same. */
const MODES: readonly [string, CloneOptions][] = [
  ['sharing memory', {}],
  ['with a copy', { copy: true }],
];

async function run(list: readonly Call[], options: CloneOptions = {}, flags = 0) {
  return new Child(list, flags, options).wait();
}

/** What a program prints. */
async function output(
  command: readonly string[],
  options: CloneOptions = {},
  environment: readonly string[] = [],
): Promise<string> {
  const path = join(folder, 'output');
  rmSync(path, { force: true });
  const file = openat(path, O_WRONLY | O_CREAT, 0o600);
  await run([file, DUP3(file, 1, 0), execve(command[0] ?? '', command, environment)], options);
  return readFileSync(path, 'utf8');
}

async function failure(list: readonly Call[], options: CloneOptions = {}, flags = 0): Promise<CallFailure> {
  try {
    await run(list, options, flags);
  } catch (error) {
    assert.instance(error, CallFailure);
    return error as CallFailure;
  }
  throw new Error('the list came to its end');
}

const fds = () => readdirSync('/proc/self/fd').length;

function field(name: string): number {
  return Number(new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
}

const alive = (pid: number) => {
  try {
    return !/\) [ZX] /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return false;
  }
};

for (const [mode, options] of MODES) {
  test(`${mode}: how a child can end`, async () => {
    assert.equal(await run([], options), { status: 0 });
    assert.equal(await run([getpid()], options), { status: 0 });
    assert.equal(await run([exit(7), getpid()], options), { status: 7 });
    assert.equal(await run([execve('/bin/sh', ['sh', '-c', 'exit 3'], [])], options), { status: 3 });
    assert.equal(await run([execve('/bin/sh', ['sh', '-c', 'kill -TERM $$'], [])], options), { signal: 15 });
    const child = new Child([waitForSignal()], 0, options);
    assert.not.ok(child.hasEnded);
    child.signal(9);
    assert.equal(await child.wait(), { signal: 9 });
    assert.ok(child.hasEnded);
  });

  test(`${mode}: argv and the environment arrive as they are`, async () => {
    const words = ['', 'a b', '"\'$(x)\\', 'ä€😀', 'x'.repeat(5000)];
    const printed = await output(['/usr/bin/printf', '%s\\n', ...words], options);
    assert.equal(printed.split('\n').slice(0, -1), words);
    assert.is(await output(['/usr/bin/env'], options, ['A=1', 'B=x y', 'EMPTY=']), 'A=1\nB=x y\nEMPTY=\n');
  });

  test(`${mode}: the program inside has descriptors 0, 1 and 2, whatever its parent has open`, async () => {
    const leaky = attempt(
      defineCall({ name: 'openat', source: '', purpose: '', show: [] })(-100, '/dev/null', O_RDONLY),
    ).result;
    attempt(DUP3(leaky, 200, 0));
    const open = (await output(['/bin/ls', '-l', '/proc/self/fd'], options))
      .split('\n')
      .filter((line) => line.includes('->'));
    closeSync(leaky);
    closeSync(200);
    assert.is(open.length, 4, open.join('\n'));
    // The fourth is the directory that ls is reading.
    assert.match(open[3] ?? '', / 3 -> \/proc\/\d+\/fd$/);
    assert.match(open[1] ?? '', ` 1 -> ${realpathSync(folder)}/output`);
  });

  test(`${mode}: no signal is blocked, ignored or caught inside, as Node has them`, async () => {
    const handler = () => {};
    for (const signal of ['SIGUSR2', 'SIGTERM'] as const) process.on(signal, handler);
    const status = await output(['/bin/cat', '/proc/self/status'], options);
    const masks = status.split('\n').filter((line) => /^Sig(Blk|Ign|Cgt):/.test(line));
    for (const signal of ['SIGUSR2', 'SIGTERM'] as const) process.off(signal, handler);
    assert.match(
      readFileSync('/proc/self/status', 'utf8'),
      /^SigIgn:\s.*[13579bdf]...$/m,
      'SIGPIPE is ignored out here',
    );
    assert.equal(
      masks,
      ['Blk', 'Ign', 'Cgt'].map((name) => `Sig${name}:\t${'0'.repeat(16)}`),
    );
  });

  test(`${mode}: each failing call is named; those after it are not made`, async () => {
    const marker = join(folder, 'made');
    const failed = await failure(
      [getpid(), chdir('/no such place'), openat(marker, O_CREAT | O_WRONLY, 0o600)],
      options,
    );
    assert.is(failed.message.split('\n')[0], 'child call 2 of 3 failed:');
    assert.equal([failed.errno, failed.failed.side], ['ENOENT', 'child']);
    assert.throws(() => readFileSync(marker), /ENOENT/);
    const exec = await failure([execve('/no such program', ['x'], [])], options);
    assert.match(exec.message, 'execve("/no such program", ["x"], [/* 0 vars */]) = -1 ENOENT');
    const empty = openat('/dev/null', O_RDONLY);
    const short = await failure([empty, atLeast(1, 'Nothing came.', read(empty, { size: 1, text: String }))], options);
    assert.match(short.message, /^child call 2 of 2 failed:\n.* = 0\n {2}Nothing came\.$/);
    assert.equal(await run([tolerating('ENOENT', chdir('/no such place')), exit(4)], options), { status: 4 });
  });

  test(`${mode}: results of calls feed later ones`, async () => {
    const path = join(folder, 'fed');
    const file = openat(path, O_WRONLY | O_CREAT, 0o600);
    assert.equal(await run([getpid(), file, write(file, 'fed'), close(file)], options), { status: 0 });
    assert.is(readFileSync(path, 'utf8'), 'fed');
    rmSync(path);
  });

  test(`${mode}: a child that shares its parent's death`, async () => {
    const asRoot = ['runs as another user', 'runs after it has handed over'];
    const kinds = ['waits', 'reads', 'runs', 'has handed over', 'has children'];
    for (const kind of [...kinds, ...(process.geteuid?.() === 0 ? asRoot : [])]) {
      for (const delay of ['0', '30']) {
        const words = [
          '--import',
          'tsx',
          join(top, 'test/support/clone-and-die.ts'),
          kind,
          String(options.copy ?? false),
          delay,
        ];
        const { stdout, signal, stderr } = spawnSync(process.execPath, words, {
          encoding: 'utf8',
          timeout: patience(20_000),
        });
        const pids = stdout.trim().split(' ').map(Number);
        assert.ok(pids.every((pid) => pid > 0) && signal === 'SIGKILL', stderr);
        if (kind === 'has children' && delay !== '0') assert.is(pids.length, 6);
        for (let tries = 0; tries < 100 && pids.some(alive); tries++) await sleep(10);
        const lives = pids.filter(alive);
        for (const pid of lives) process.kill(pid, 'SIGKILL');
        assert.equal(lives, [], `a child that ${kind} outlives its parent`);
      }
    }
  });
}

test('what the kernel fills in for a child is told, wherever its memory is: also for nested lists and the walker', async () => {
  const [before, after] = [pipe2(), pipe2()];
  const nested = pipe2();
  const list = [before, cloneCall(0, [nested]), wait4(-1, 0), handOver(), after];
  for (const options of [{}, { copy: true }]) {
    const seen = new Map<Call, string[]>();
    const watcher = {
      isGated: () => true,
      onEvent(child: Child, event: ChildEvent, release: () => void) {
        const call = child.rows[event.index]?.call as Call;
        if (event.kind === 'started') release();
        if (event.kind !== 'finished') return;
        seen.set(
          call,
          [...child.outsOf(event)].map(([out, bytes]) => (isOut(out) ? out.text(bytes) : '?')),
        );
      },
      onListEnd: async () => {},
    };
    await run(list, { ...options, watcher });
    for (const pipe of [before, nested, after]) assert.match(seen.get(pipe)?.join() ?? '', /^\[[1-9]\d*, [1-9]\d*\]$/);
    assert.match(seen.get(list[2] as Call)?.join() ?? '', 'WEXITSTATUS(s) == 0');
    assert.equal(seen.get(list[3] as Call), []);
  }
});

test('a child begins in an open directory, and its parent stays where it is', async () => {
  const before = process.cwd();
  const directory = attempt(openat('/usr', O_PATH | O_DIRECTORY)).result;
  assert.is(await output(['/bin/pwd'], { directory }), '/usr\n');
  assert.is(process.cwd(), before);
  assert.is(readdirSync('/proc/self/cwd').join(), readdirSync(before).join());
  const count = fds();
  // A directory that is none, and a clone that is refused, leave everything as it was.
  assert.match((await failure([getpid()], { directory: 9999 })).message, 'clone(0) = -1 EBADF');
  assert.match(
    (await failure([getpid()], { directory }, CLONE_NEWUSER | CLONE_NEWNS | 0x200)).message,
    / = -1 E(INVAL|PERM)/,
  );
  assert.is(process.cwd(), before);
  assert.is(fds(), count);
  closeSync(directory);
});

test('standard streams survive: Node marks them close-on-exec', () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [join(top, 'bin/lab.cjs'), 'step', '0', '--quiet', '--', 'sh', '-c', 'cat; echo err >&2'],
    { cwd: top, encoding: 'utf8', input: 'through\n', timeout: patience(20_000) },
  );
  assert.equal([stdout, stderr, status], ['Hello\nWorld\nthrough\n', 'err\n', 0]);
});

test('errno belongs to its thread: 2000 children that fail, while Node’s threads fail otherwise', async () => {
  const expected: [string, string][] = [
    ['/no such place', 'ENOENT'],
    ['/etc/passwd/x', 'ENOTDIR'],
    [`/${'x'.repeat(300)}`, 'ENAMETOOLONG'],
  ];
  let going = true;
  let failures = 0;
  const wrong: string[] = [];
  const worker = async (path: string, code: string) => {
    while (going) {
      const seen = await stat(path).then(
        () => 'success',
        (error: NodeJS.ErrnoException) => error.code ?? '?',
      );
      failures += 1;
      if (seen !== code) wrong.push(`${path}: ${seen}`);
    }
  };
  const workers = [...expected, ...expected].map(([path, code]) => worker(path, code));
  const list = [
    tolerating('EBADF', close(-1)),
    tolerating('EBADF', write(-1, 'x')),
    tolerating('ESRCH', kill(2 ** 30, 0)),
  ];
  for (let round = 0; round < 250; round++) {
    const ends = await Promise.all(Array.from({ length: 8 }, () => run(list)));
    assert.ok(ends.every((end) => 'status' in end && end.status === 0));
    // Waiting for a child that is quick does not let Node's threads report: give them a turn.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  going = false;
  await Promise.all(workers);
  console.log(`2000 clones, ${failures} failing calls of other threads`);
  assert.ok(failures > 1000);
  assert.equal(wrong, []);
});

test('nothing leaks: 1000 children, descriptors and memory stay level', async () => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const batch = async (count: number) => {
    for (let done = 0; done < count; done += 10) {
      await Promise.all(
        Array.from({ length: 10 }, (_, index) =>
          index === 0 ? failure([chdir('/no such place')]).then(() => {}) : run([getpid(), exit(0)]).then(() => {}),
        ),
      );
    }
    await sleep(20);
    collect();
  };
  await batch(300);
  const before = { fds: fds(), rss: field('VmRSS'), size: field('VmSize') };
  await batch(1000);
  const after = { fds: fds(), rss: field('VmRSS'), size: field('VmSize') };
  console.log(
    `fds ${before.fds} → ${after.fds}, VmRSS ${before.rss} → ${after.rss} kB, VmSize ${before.size} → ${after.size} kB`,
  );
  assert.is(after.fds, before.fds);
  // A child's stack has 128 KiB: were they kept, that would be 128 MB.
  assert.ok(after.size - before.size < 32_000, 'mappings');
  assert.ok(after.rss - before.rss < 12_000, 'memory');
});

test('no listener, timer or zombie stays behind', async () => {
  const child = new Child([exit(0)], 0, {});
  await child.wait();
  assert.is(process.listenerCount('SIGCHLD'), 0);
  assert.throws(() => readFileSync(`/proc/${child.pid}/stat`), /ENOENT/);
});

test('children that Node has started are left to Node', async () => {
  const others = Array.from({ length: 10 }, (_, index) => {
    const other = spawn('sh', ['-c', `exit ${index}`]);
    return new Promise((resolve) => other.once('exit', resolve));
  });
  const ours = await Promise.all(Array.from({ length: 10 }, (_, index) => run([exit(index)])));
  assert.equal(
    ours,
    Array.from({ length: 10 }, (_, status) => ({ status })),
  );
  assert.equal(
    await Promise.all(others),
    Array.from({ length: 10 }, (_, index) => index),
  );
});

test('destroying: a child in its list, one that has ended, and twice', async () => {
  const child = new Child([waitForSignal()], 0, {});
  await child.destroy();
  await child.destroy();
  assert.not.ok(alive(child.pid));
  const ended = new Child([exit(1)], 0, {});
  await ended.wait();
  await ended.destroy();
});

test('a clone that is refused says so, with the flags', async () => {
  const refused = await failure([getpid()], {}, CLONE_NEWUSER | CLONE_NEWNS | 0x200);
  assert.match(
    refused.message,
    /^parent call 1 of 1 failed:\n {2}clone\(CLONE_NEW\w+\|CLONE_NEW\w+\|0x200\) = -1 E(INVAL|PERM)/,
  );
});

test.run();
