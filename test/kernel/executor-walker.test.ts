/** Children with a lifetime of their own: native/walker goes on with their list, whatever becomes of their creator. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureBuilt } from '../../native/build.mjs';
import { Child } from '../../src/executor/child.ts';
import { CallFailure } from '../../src/executor/failure.ts';
import { perform } from '../../src/executor/perform.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { openProcess } from '../../src/syscalls/descriptors.ts';
import { chdir, close, dup3, openat, pipe2, read, write } from '../../src/syscalls/files.ts';
import { CLONE_NEWPID, CLONE_NEWUSER, CLONE_PARENT, O_CREAT, O_RDONLY, O_WRONLY } from '../../src/syscalls/flags.ts';
import { setns } from '../../src/syscalls/namespaces.ts';
import { cloneCall, execve, exit, getpid, handOver, wait4, waitForSignal } from '../../src/syscalls/processes.ts';
import { refusing } from '../support/filter.ts';
import { until } from '../support/kernel-test.ts';
import { loader, read as readText, top } from '../support/lab.ts';
import { type Need, root, testWith } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const { walker: walkerFile } = ensureBuilt();

const folder = mkdtempSync(join(tmpdir(), 'lab-walker-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

const alive = (pid: number) => /\) [^ZX] /.test(readText(`/proc/${pid}/stat`));

interface Creation {
  readonly child: number;
  readonly fifo: string;
  readonly file: string;
  readonly said: string;
  readonly status: number | string | null;
}

let creations = 0;

/** Runs test/support/walker-creator.ts to its end. */
function create(kind: string, end: string, wrapper: readonly string[] = []): Creation {
  creations += 1;
  const [fifo, file, log] = ['fifo', 'file', 'log'].map((name) => join(folder, `${name}-${creations}`)) as [
    string,
    string,
    string,
  ];
  assert.is(spawnSync('mkfifo', [fifo]).status, 0);
  // Files: the child keeps its creator's streams, and a pipe would not end.
  const output = openSync(log, 'w');
  const command = [...wrapper, process.execPath, '--import', loader, join(top, 'test/support/walker-creator.ts')];
  const [program = '', ...words] = [...command, kind, end, fifo, file];
  const { status, signal } = spawnSync(program, words, {
    cwd: top,
    stdio: ['ignore', output, output],
    timeout: patience(20_000),
    env: { ...process.env, SECRET: 'unused' },
  });
  closeSync(output);
  const said = readFileSync(log, 'utf8');
  return { child: Number(/^(\d+)$/m.exec(said)?.[1]), fifo, file, said, status: signal ?? status };
}

async function letGo({ child, fifo, file }: Creation): Promise<void> {
  writeFileSync(fifo, '.');
  await until('the child to go on', () => readText(file) === 'let go');
  await until('its end', () => !alive(child));
}

/** Kilobytes of memory that a process has, shared or not. */
function memory(pid: number): number {
  return Number(/^VmRSS:\s*(\d+) kB/m.exec(readText(`/proc/${pid}/status`))?.[1]);
}

for (const kind of ['walker', 'late', 'watched']) {
  for (const [end, expected] of [
    ['exit', 0],
    ['natural', 0],
    ['killed', 'SIGKILL'],
  ] as const) {
    test(`${kind}: the creator's end is ${end}, and the child goes on when it is let go`, async () => {
      const created = create(kind, end);
      assert.is(created.status, expected, created.said);
      assert.ok(alive(created.child), created.said);
      assert.match(readlinkSync(`/proc/${created.child}/exe`), /^\/memfd:walker/);
      const kilobytes = memory(created.child);
      assert.ok(kilobytes > 0 && kilobytes < 1024, `${kilobytes} kB`);
      await letGo(created);
      if (kind !== 'watched') return;
      assert.match(created.said, /^child +\d+ {6}execveat\(<\/walker>, "", \["walker"\], .*, AT_EMPTY_PATH\) = 0$/m);
      assert.match(created.said, /^child +\d+ {6}openat\(.*fifo.* = \d+$/m, 'what the walker does is traced, too');
    });
  }
}

/** Whether the memory of a process that can be read holds a text; undefined if it cannot be read. */
function memoryHolds(pid: number, text: string): boolean | undefined {
  let fd: number;
  try {
    fd = openSync(`/proc/${pid}/mem`, 'r');
  } catch {
    return undefined;
  }
  try {
    return readText(`/proc/${pid}/maps`)
      .split('\n')
      .filter((line) => / r/.test(line) && !/\[v/.test(line))
      .some((line) => regionHolds(fd, line, text));
  } finally {
    closeSync(fd);
  }
}

const PIECE = 1 << 20;

function regionHolds(fd: number, line: string, text: string): boolean {
  const [start = 0, end = 0] = (line.split(' ')[0] ?? '').split('-').map((address) => Number.parseInt(address, 16));
  const bytes = Buffer.alloc(PIECE);
  for (let at = start; at < end; at += PIECE) {
    try {
      const size = readSync(fd, bytes, 0, Math.min(PIECE, end - at), at);
      if (bytes.subarray(0, size).includes(text)) return true;
    } catch {
      return false; // reserved and never used
    }
  }
  return false;
}

testWith(
  test,
  [root],
  'with every capability, nobody finds the creator’s secret in the memory of the waiting child',
  async () => {
    for (const [kind, expected] of [
      ['shares', true],
      ['walker', false],
    ] as const) {
      const fifo = join(folder, `secret-${kind}`);
      spawnSync('mkfifo', [fifo]);
      const secret = randomBytes(16).toString('hex');
      const words = [
        '--import',
        'tsx',
        join(top, 'test/support/walker-creator.ts'),
        kind,
        'stays',
        fifo,
        `${fifo}-file`,
      ];
      const creator = spawn(process.execPath, words, {
        cwd: top,
        stdio: ['ignore', 'pipe', 'inherit'],
        // Not as it stands in the environment, which every program has in its memory: a letter before it.
        env: { ...process.env, SECRET: secret },
      });
      const child = await new Promise<number>((resolve) =>
        creator.stdout.once('data', (text) => resolve(Number(text))),
      );
      try {
        assert.is(memoryHolds(creator.pid ?? 0, `s${secret}`), true, 'the creator has it');
        assert.is(memoryHolds(child, `s${secret}`), expected, kind);
      } finally {
        process.kill(child, 'SIGKILL');
        creator.kill('SIGKILL');
      }
      await until('both ends', () => !alive(child) && !alive(creator.pid ?? 0));
    }
  },
);

testWith(test, [root], 'a process that enters a container’s namespaces cannot be looked into from there', async () => {
  const container = spawn('unshare', ['-Ur', '--pid', '--fork', '--mount-proc', '--kill-child', 'sleep', '1000']);
  const sleeper = await until('the container', () => {
    const [inside = ''] = readText(`/proc/${container.pid}/task/${container.pid}/children`).trim().split(' ');
    return readText(`/proc/${inside}/comm`).startsWith('sleep') ? Number(inside) : undefined;
  });
  const look = (number: number) =>
    spawnSync('nsenter', ['-t', String(sleeper), '-U', '-p', '-m', 'cat', `/proc/${number}/maps`], {
      encoding: 'utf8',
    });
  try {
    for (const [hands, expected] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const process_ = openProcess(sleeper);
      const inner = cloneCall(CLONE_PARENT, [waitForSignal()]);
      const join_ = setns(process_, CLONE_NEWUSER | CLONE_NEWPID);
      // A copy: joined with Node's memory, Node itself would become a process that cannot be traced.
      const child = new Child([process_, ...(hands ? [handOver()] : []), join_, inner], 0, { copy: true });
      const joined = await until('the process in the container', () => child.pidOf(1));
      const inside = Number(/^NSpid:.*\t(\d+)$/m.exec(readText(`/proc/${joined}/status`))?.[1]);
      assert.ok(inside > 1);
      const { status, stderr } = look(inside);
      assert.is(status === 0 ? 0 : 1, expected, `${hands ? 'the walker' : 'a copy'}: ${stderr}`);
      if (hands) assert.match(stderr, /Permission denied/);
      await child.destroy();
    }
  } finally {
    container.kill('SIGKILL');
  }
});

async function failureOf(list: readonly Call[], lifetime: 'own' | 'parent'): Promise<CallFailure> {
  const child = new Child(list, 0, { lifetime });
  try {
    await child.wait();
  } catch (error) {
    assert.instance(error, CallFailure);
    return error as CallFailure;
  }
  throw new Error('the list came to its end');
}

test('a list that fails in the walker says which call, and why', async () => {
  for (const lifetime of ['own', 'parent'] as const) {
    const early = await failureOf([getpid(), chdir('/no such place'), handOver(), exit(0)], lifetime);
    assert.match(early.message, /^child call 2 of 4 failed:\n {2}chdir\("\/no such place"\) = -1 ENOENT/);
    const late = await failureOf([getpid(), handOver(), getpid(), chdir('/no such place'), exit(0)], lifetime);
    assert.is(
      late.message,
      'child call 4 of 5 failed:\n' +
        '  chdir("/no such place") = -1 ENOENT (No such file or directory)\n' +
        '  There is no such directory.',
    );
    const exec = await failureOf([handOver(), execve('/no such program', ['x'], [])], lifetime);
    assert.match(exec.message, /^child call 2 of 2 failed:\n {2}execve\("\/no such program", .*ENOENT/);
    const mute = await failureOf([handOver(), ...refusing(['write', 'sendto']), chdir('/no such place')], lifetime);
    assert.match(mute.message, /^child call 4 of 4 failed:\n {2}chdir\("\/no such place"\) = -1 ENOENT/);
    const nested = await failureOf([handOver(), cloneCall(0, [chdir('/no such place')]), wait4(-1, 0)], lifetime);
    assert.match(nested.message, /^child call 2 of 3, nested call 1 of 1 failed:\n {2}chdir/);
  }
  const first = await failureOf([chdir('/no such place')], 'own');
  assert.match(first.message, /^child call 2 of 2 failed:/, 'the first is the hand-over that was put before it');
});

test('the descriptors that the rest of the list uses stay open, and are no business of the program', async () => {
  const [ends] = [...perform([pipe2()]).outs.values()];
  const [readEnd, writeEnd] = [ends?.readInt32LE(0) ?? -1, ends?.readInt32LE(4) ?? -1];
  const path = join(folder, 'kept');
  const file = openat(path, O_WRONLY | O_CREAT, 0o600);
  const unused = openat('/dev/null', O_RDONLY);
  const list = [
    file,
    unused,
    handOver(),
    read(readEnd, { size: 1, text: String }),
    write(file, 'kept'),
    cloneCall(0, [write(file, ' and in a process within the list')]),
    wait4(-1, 0),
    close(file),
    execve('/bin/ls', ['ls', '-l', '/proc/self/fd'], []),
  ];
  const output = openat(join(folder, 'listed'), O_WRONLY | O_CREAT, 0o600);
  const child = new Child([output, dup3(output, 1), ...list], 0, { lifetime: 'own' });
  writeSync(writeEnd, '.');
  assert.equal(await child.wait(), { status: 0 });
  for (const fd of [readEnd, writeEnd]) closeSync(fd);
  assert.is(readText(path), 'kept and in a process within the list');
  const open = readText(join(folder, 'listed'))
    .split('\n')
    .filter((line) => line.includes('->'));
  assert.equal(
    open.map((line) => / (\d+) -> /.exec(line)?.[1]),
    ['0', '1', '2', '3'],
    'the last is the directory that ls reads',
  );
});

test('/proc/PID/exe of the walker cannot be overwritten, neither while it runs nor afterwards', async () => {
  const child = new Child([handOver(), waitForSignal()], 0, {});
  await child.handedOver;
  await until('the walker', () => readlinkSync(`/proc/${child.pid}/exe`).startsWith('/memfd:walker'));
  const exe = openSync(`/proc/${child.pid}/exe`, 'r');
  const before = readFileSync(`/proc/self/fd/${exe}`);
  assert.throws(() => openSync(`/proc/${child.pid}/exe`, 'r+'), /ETXTBSY|EPERM|EACCES/);
  await child.destroy();
  // Nobody runs it now, but this process still has it open, as an attacker would.
  let overwritten = false;
  try {
    const fd = openSync(`/proc/self/fd/${exe}`, 'r+');
    try {
      writeSync(fd, 'overwritten');
      overwritten = true;
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    assert.match((error as Error).message, /EPERM|EACCES|ETXTBSY/);
  }
  assert.not.ok(overwritten);
  assert.equal(readFileSync(`/proc/self/fd/${exe}`), before);
  assert.equal(before, readFileSync(ensureBuilt().walker), 'it is what was built');
  closeSync(exe);
});

const noexec: Need = () =>
  existsSync('/proc/sys/vm/memfd_noexec') ? undefined : 'needs vm.memfd_noexec, of Linux 6.3';

testWith(
  test,
  [root, noexec],
  'where files in memory may not be executed, the walker is the file itself, read-only',
  async () => {
    const script = 'echo 2 > /proc/sys/vm/memfd_noexec && exec "$@"';
    const wrapper = ['unshare', '--pid', '--fork', '--mount', '--mount-proc', 'sh', '-c', script, 'sh'];
    // Its process 1 ends with the creator, and the child with that: so it is looked at while the creator stays.
    const fifo = join(folder, 'noexec');
    spawnSync('mkfifo', [fifo]);
    const words = [process.execPath, '--import', loader, join(top, 'test/support/walker-creator.ts')];
    const [program = '', ...rest] = [...wrapper, ...words, 'walker', 'stays', fifo, `${fifo}-file`];
    const creator = spawn(program, rest, { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] });
    await new Promise((resolve) => creator.stdout.once('data', resolve));
    try {
      const [node = 0] = childrenOf(creator.pid ?? 0);
      const child = await until('the walker', () =>
        childrenOf(node).find((pid) => readText(`/proc/${pid}/comm`) === 'walker\n'),
      );
      assert.not.match(readlinkSync(`/proc/${child}/exe`), 'memfd');
      assert.equal(readFileSync(`/proc/${child}/exe`), readFileSync(walkerFile));
      assert.throws(() => openSync(`/proc/${child}/exe`, 'r+'), /EROFS|ETXTBSY/);
      writeFileSync(fifo, '.');
      await until('the child to go on', () => readText(`${fifo}-file`) === 'let go');
    } finally {
      for (const pid of childrenOf(creator.pid ?? 0)) process.kill(pid, 'SIGKILL');
      creator.kill('SIGKILL');
    }
  },
);

function childrenOf(pid: number): number[] {
  return readText(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
}

test.run();
