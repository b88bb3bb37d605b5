/** What a list can do besides calls one after the other: clone, point, be judged by an answer, close what it likes. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { Child, type ChildWatcher, type CloneOptions } from '../../src/executor/child.ts';
import { CallFailure } from '../../src/executor/failure.ts';
import { attempt, perform } from '../../src/executor/perform.ts';
import { Waits } from '../../src/executor/waits.ts';
import { watchList } from '../../src/lab/watch-list.ts';
import { type Call, isOut, tolerating } from '../../src/syscalls/call.ts';
import { awaitInput, closeRange, sendDescriptor } from '../../src/syscalls/descriptors.ts';
import { chdir, close, dup3, openat, pipe2, read, write } from '../../src/syscalls/files.ts';
import { CLONE_NEWNET, CLONE_NEWPID, CLONE_PARENT, O_CREAT, O_RDONLY, O_WRONLY } from '../../src/syscalls/flags.ts';
import { addVeth, request } from '../../src/syscalls/netlink.ts';
import { cloneCall, execve, exit, getpid, handOver, wait4, waitForSignal } from '../../src/syscalls/processes.ts';
import { traceObserver } from '../../src/trace/observer.ts';
import { textPrinter } from '../../src/trace/text.ts';
import { refusing } from '../support/filter.ts';
import { until } from '../support/kernel-test.ts';
import { loader, read as readText, top } from '../support/lab.ts';
import { root, testWith } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const folder = mkdtempSync(join(tmpdir(), 'lab-lists-'));
test.after(() => rmSync(folder, { recursive: true, force: true }));

/** The ways to make a child, and whether somebody watches it: all must come to the same. */
const MODES: readonly [string, CloneOptions, boolean][] = [
  ['sharing memory', {}, false],
  ['sharing memory, watched', {}, true],
  ['with a copy', { copy: true }, false],
  ['with a copy, watched', { copy: true }, true],
];

/** Lets every call wait at its gate, and lets it go. */
function gating(): ChildWatcher & { readonly finished: number[] } {
  const finished: number[] = [];
  return {
    finished,
    isGated: () => true,
    onEvent(_, { kind, index }, release) {
      if (kind === 'started') release();
      if (kind === 'finished') finished.push(index);
    },
    onListEnd: async () => {},
  };
}

async function failureOf(list: readonly Call[], options: CloneOptions, flags = 0): Promise<CallFailure> {
  const child = new Child(list, flags, options);
  try {
    await child.wait();
  } catch (error) {
    assert.instance(error, CallFailure);
    return error as CallFailure;
  } finally {
    await child.destroy();
  }
  throw new Error('the list came to its end');
}

const status = (pid: number, field: string) =>
  new RegExp(`^${field}:\\s*(.*)$`, 'm')
    .exec(readText(`/proc/${pid}/status`))?.[1]
    ?.split(/\s+/)
    .map(Number) ?? [];

function unexpected(): never {
  throw new Error('that was to fail');
}

const isGone = (pid: number) => !/\) [^ZX] /.test(readText(`/proc/${pid}/stat`));

/** The calls that write a text to a file. */
function note(name: string, text: string): Call[] {
  const file = openat(join(folder, name), O_WRONLY | O_CREAT, 0o600);
  return [file, write(file, text), close(file)];
}

const noted = (name: string) => readText(join(folder, name));

/** A trace of a child, as lines. */
async function traceOf(list: readonly Call[], act: (child: Child) => unknown = () => {}, flags = 0): Promise<string[]> {
  const lines: string[] = [];
  const observer = traceObserver(textPrinter((line) => lines.push(line), 0));
  const child = new Child(list, flags, { watcher: watchList(observer) });
  await act(child);
  await child.wait().catch(() => {});
  await child.destroy();
  await observer.end();
  return lines;
}

for (const [mode, options, watched] of MODES) {
  const watching = () => (watched ? { ...options, watcher: gating() } : options);

  test(`${mode}: a list clones a process that makes calls of its own, with what was made before`, async () => {
    rmSync(join(folder, 'shared'), { force: true });
    const file = openat(join(folder, 'shared'), O_WRONLY | O_CREAT, 0o600);
    const list = [
      file,
      cloneCall(0, [write(file, 'nested '), close(file)]),
      wait4(-1, 0),
      write(file, 'outer'),
      exit(4),
    ];
    const child = new Child(list, 0, watching());
    assert.equal(await child.wait(), { status: 4 });
    await child.destroy();
    assert.is(noted('shared'), 'nested outer', 'each has its own descriptors');
  });

  test(`${mode}: how a process within a list ends, as its maker sees it`, async () => {
    for (const [nested, expected] of [
      [[], 0],
      [[getpid()], 0],
      [[exit(3)], 3],
      [[execve('/bin/sh', ['sh', '-c', 'exit 5'], [])], 5],
      [[chdir('/no such place'), exit(1)], 125],
    ] as const) {
      // The maker ends only when its wait has come back with that status: the answer is 4 bytes in its memory.
      const answers: string[] = [];
      const watcher: ChildWatcher = {
        ...gating(),
        onEvent(child, event, release) {
          if (event.kind === 'started') release();
          if (child.rows[event.index]?.call.info.name !== 'wait4' || event.kind !== 'finished') return;
          for (const [out, bytes] of child.outsOf(event)) if (isOut(out)) answers.push(out.text(bytes));
        },
      };
      const child = new Child(
        [cloneCall(0, nested), wait4(-1, 0), exit(8)],
        0,
        watched ? { ...options, watcher } : options,
      );
      const end = await child.wait().catch((error: unknown) => error);
      if (expected === 125) assert.instance(end, CallFailure);
      else assert.equal(end, { status: 8 });
      if (watched) assert.equal(answers, [`[{WIFEXITED(s) && WEXITSTATUS(s) == ${expected}}]`]);
      await child.destroy();
    }
  });

  test(`${mode}: which call of which list failed`, async () => {
    const fails = chdir('/no such place');
    const failed = await failureOf([getpid(), cloneCall(0, [getpid(), fails, exit(0)]), wait4(-1, 0)], watching());
    assert.is(
      failed.message,
      'child call 2 of 3, nested call 2 of 3 failed:\n' +
        '  chdir("/no such place") = -1 ENOENT (No such file or directory)\n' +
        '  There is no such directory.',
    );
    assert.equal([failed.failed.side, failed.errno, failed.failed.call], ['child', 'ENOENT', fails]);
    const deep = await failureOf([cloneCall(0, [cloneCall(0, [fails]), wait4(-1, 0)]), wait4(-1, 0)], watching());
    assert.match(deep.message, /^child call 1 of 2, nested call 1 of 2, nested call 1 of 1 failed:\n/);
    const later = await failureOf([cloneCall(0, [getpid()]), wait4(-1, 0), fails], watching());
    assert.match(later.message, /^child call 3 of 3 failed:\n/);
    const first = await failureOf([cloneCall(0, [fails]), wait4(-1, 0), chdir('/elsewhere')], watching());
    assert.match(first.message, /nested call 1 of 1 failed:\n {2}chdir\("\/no such place"\)/, 'the first counts');
  });

  test(`${mode}: a sibling, by CLONE_PARENT, is a child of this process`, async () => {
    const clone = cloneCall(CLONE_PARENT, [execve('/bin/sh', ['sh', '-c', 'exit 6'], [])]);
    const child = new Child([clone, exit(2)], 0, watching());
    assert.equal(await child.waitForSibling(clone), { status: 6 });
    assert.equal(await child.wait(), { status: 2 });
    await child.destroy();
    const failing = cloneCall(CLONE_PARENT, [execve('/no such program', [], [])]);
    const other = new Child([failing, exit(0)], 0, watching());
    await other.waitForSibling(failing).then(unexpected, (error: Error) => {
      assert.match(error.message, /^child call 1 of 2, nested call 1 of 1 failed:\n {2}execve\("\/no such program"/);
    });
    await other.destroy();
  });

  test(`${mode}: destroying a child ends what it has cloned, siblings too, and leaves no zombie`, async () => {
    const nested = cloneCall(0, [waitForSignal()]);
    const sibling = cloneCall(CLONE_PARENT, [waitForSignal()]);
    const child = new Child([nested, sibling, waitForSignal()], 0, watching());
    await until('both clones', () => child.pidOf(1) !== undefined && child.pidOf(2) !== undefined);
    const pids = [child.pid, child.pidOf(1) ?? 0, child.pidOf(2) ?? 0] as const;
    assert.equal(
      pids.map((pid) => status(pid, 'PPid')[0]),
      [process.pid, child.pid, process.pid],
    );
    await child.destroy();
    await until('all of them to be gone', () => pids.every(isGone));
    assert.is(readText(`/proc/${pids[2]}/stat`), '', 'the sibling is no zombie');
  });

  test(`${mode}: a list may close, or put others in place of, every descriptor from 3 up, and still tell its failure`, async () => {
    const all = Array.from({ length: 1100 }, (_, index) => index + 3);
    const failing = chdir('/no such place');
    const lists: Record<string, Call[]> = {
      'close_range to the end': [closeRange(3)],
      'close_range, in pieces': [closeRange(3, 899), closeRange(900, 900), closeRange(901, 1023), closeRange(1024)],
      'close, one by one': all.map((fd) => tolerating('EBADF', close(fd))),
      'dup3, one by one': all.slice(0, 1000).map((fd) => dup3(0, fd)),
      'dup3, from above': all
        .slice(0, 1000)
        .reverse()
        .map((fd) => dup3(0, fd)),
      'in a process within the list, too': [closeRange(3), cloneCall(0, [closeRange(3)]), wait4(-1, 0), closeRange(3)],
      'before and after the walker': [
        closeRange(3),
        handOver(),
        closeRange(3),
        ...all.slice(0, 1000).map((fd) => dup3(0, fd)),
      ],
    };
    for (const [name, list] of Object.entries(lists)) {
      const watcher = gating();
      const failed = await failureOf([...list, failing], watched ? { ...options, watcher } : options);
      assert.is(failed.failed.call, failing, name);
      assert.is(failed.failed.index, list.length, name);
      if (watched) assert.ok(watcher.finished.length >= list.length + 1, `${name}: every call was told`);
    }
  });

  test(`${mode}: a close that hits a descriptor of ours finds nothing there, a dup3 gets its number`, async () => {
    // Whatever numbers ours have: after these the program has 0, 1, 2 and 950, and nothing else.
    const out = openat(join(folder, 'descriptors'), O_WRONLY | O_CREAT, 0o600);
    const list = [
      closeRange(3),
      out,
      dup3(out, 1),
      ...Array.from({ length: 100 }, (_, index) => dup3(0, index + 900)),
      ...Array.from({ length: 100 }, (_, index) => close(index + 900)),
      tolerating('EBADF', close(1000)),
      dup3(out, 950),
      execve('/bin/ls', ['ls', '/proc/self/fd'], []),
    ];
    rmSync(join(folder, 'descriptors'), { force: true });
    const child = new Child(list, 0, watching());
    assert.equal(await child.wait(), { status: 0 });
    assert.equal(noted('descriptors').trim().split('\n'), ['0', '1', '2', '3', '950'], '3 is the directory itself');
  });

  test(`${mode}: a failure is known where a filter forbids the child to write and to send`, async () => {
    const list = [...refusing(['write', 'sendto', 'close']), chdir('/no such place')];
    const failed = await failureOf(list, watching());
    assert.equal([failed.failed.index, failed.errno], [2, 'ENOENT']);
    const refused = await failureOf([...refusing(['write']), write(1, 'x'), exit(0)], watching());
    assert.equal([refused.failed.index, refused.errno], [2, 'EPERM']);
  });
}

test('what a list has cloned dies with its cloner, also if that ends before the other has begun', async () => {
  for (let round = 0; round < 300; round++) {
    const child = new Child([cloneCall(0, [waitForSignal()]), waitForSignal()], 0, { watcher: gating() });
    while (child.pidOf(1) === undefined) await new Promise((next) => setImmediate(next));
    const nested = child.pidOf(1) ?? 0;
    process.kill(child.pid, 'SIGKILL');
    await until('its end', () => isGone(nested));
    await child.destroy();
  }
});

testWith(
  test,
  [root],
  'numbers: in a PID namespace of its own a process has one inside, and another here',
  async () => {
    const innermost = cloneCall(CLONE_NEWPID, [waitForSignal()]);
    const inner = cloneCall(0, [innermost, waitForSignal()]);
    const child = new Child([inner, waitForSignal()], CLONE_NEWPID, {});
    await until('all clones', () => child.pidOf(2) !== undefined);
    const pids = [0, 1, 2].map((list) => child.pidOf(list) ?? 0);
    assert.equal(
      pids.map((pid) => status(pid, 'NSpid').slice(1)),
      [[1], [2], [3, 1]],
    );
    await child.destroy();
    await until('the end of the namespace', () => pids.every(isGone));
  },
);

/** The lines of one process, with the calls in one piece that another process's line has cut in two. */
function whole(lines: readonly string[]): string[] {
  const joined: string[] = [];
  for (const line of lines) {
    const rest = /^ *<\.\.\. \w+ resumed>(.*)$/.exec(line)?.[1];
    if (rest === undefined) joined.push(line);
    else joined.push(`${joined.pop()?.replace(/ <unfinished \.\.\.>$/, '')}${rest}`);
  }
  return joined;
}

testWith(
  test,
  [root],
  'a trace: what a nested list does stands one column further in, with the number it has here',
  async () => {
    const lines = await traceOf([cloneCall(CLONE_NEWPID, [getpid(), exit(0)]), wait4(-1, 0)]);
    const child = /^child +(\d+)/.exec(lines[0] ?? '')?.[1] ?? '';
    const nested = /clone(?:\(CLONE_NEWPID| resumed>)\) = (\d+)/.exec(lines.join('\n'))?.[1] ?? '';
    const at = (pid: string) => lines.filter((line) => line.startsWith(`child  ${pid.padStart(7)}  `));
    assert.equal(
      whole(at(nested).map((line) => line.slice('child  0123456  '.length))),
      ['        getpid() = 1', '        exit_group(0) = ?'],
      lines.join('\n'),
    );
    assert.is(at(child).length + at(nested).length, lines.length, 'all lines are those of the two');
  },
);

test('a trace: of what was read only as many bytes are shown as there were', async () => {
  const opened = openat('/dev/null', O_RDONLY);
  const text = (bytes: Buffer) => JSON.stringify(bytes.toString('latin1'));
  const lines = await traceOf([opened, read(opened, { size: 4, text }), exit(0)]);
  assert.match(lines.join('\n'), /read\(\d+, "", 4\) = 0/);
});

test('a trace: a call in which the child was killed has no result; exit_group never has', async () => {
  const [ends] = [...perform([pipe2()]).outs.values()];
  const [readEnd, writeEnd] = [ends?.readInt32LE(0) ?? -1, ends?.readInt32LE(4) ?? -1];
  const killed = await traceOf([read(readEnd, { size: 1, text: String })], async (child) => {
    await until('the child to read', () => /pipe/.test(readText(`/proc/${child.pid}/wchan`)));
    child.signal(9);
  });
  assert.match(killed.join('\n'), /read\(\d+, .*\) = \?$/);
  assert.not.match(killed.join('\n'), '= 0');
  for (const fd of [readEnd, writeEnd]) closeSync(fd);
  for (let round = 0; round < 30; round++) {
    const lines = await traceOf([exit(round)]);
    assert.match(lines.join('\n'), new RegExp(`^child +\\d+ {6}exit_group\\(${round}\\) = \\?$`), `round ${round}`);
  }
});

test('a trace: a child that is killed at the gate of its execve has not become the program', async () => {
  const seen: (number | undefined)[] = [];
  const watcher = watchList({
    gates: () => true,
    before: async ({ pid }) => {
      process.kill(pid, 'SIGKILL');
      await until('its end', () => isGone(pid));
    },
    after: (_, result) => void seen.push(result),
    say() {},
    end() {},
  });
  const child = new Child([execve('/bin/true', ['true'], [])], 0, { watcher });
  assert.equal(await child.wait(), { signal: 9 });
  assert.equal(seen, [undefined]);
});

test('gates: a process that waits at its gate is not let go by a byte for another', async () => {
  const released: string[] = [];
  const held: (() => void)[] = [];
  const watcher: ChildWatcher = {
    isGated: () => true,
    onEvent(child, { kind, index }, release) {
      const row = child.rows[index];
      if (kind !== 'started' || !row) return;
      // The maker's second call waits until the nested list is through.
      if (row.list === 0 && row.index === 1) held.push(release);
      else release();
      released.push(`${row.list}.${row.index}`);
    },
    onListEnd: async (_, list) => {
      if (list === 1) for (const release of held) release();
    },
  };
  const nested = Array.from({ length: 50 }, () => getpid());
  const outer = note('gates', 'after the nested list');
  rmSync(join(folder, 'gates'), { force: true });
  let early = '';
  const last = {
    ...watcher,
    onListEnd: async (child: Child, list: number) => {
      if (list === 1) early = noted('gates');
      await watcher.onListEnd(child, list, undefined);
    },
  };
  const child = new Child([cloneCall(0, nested), ...outer], 0, { watcher: last });
  assert.equal(await child.wait(), { status: 0 });
  await child.destroy();
  assert.is(early, '', 'the maker stood at its gate all the time');
  assert.is(noted('gates'), 'after the nested list');
  assert.is(released.filter((place) => place.startsWith('1.')).length, 50);
});

test('a structure that points: a descriptor that a list has opened goes over a socket', async () => {
  const other = spawn('sleep', ['1000'], { stdio: ['ignore', 'ignore', 'ignore', 'pipe'] });
  // What it has not read when it is killed.
  other.stdio[3]?.on('error', () => {});
  const socket = (other.stdio[3] as unknown as { _handle: { fd: number } })._handle.fd;
  const [ends] = [...perform([pipe2()]).outs.values()];
  const [readEnd, writeEnd] = [ends?.readInt32LE(0) ?? -1, ends?.readInt32LE(4) ?? -1];
  const child = new Child([sendDescriptor(socket, writeEnd, 'the write end')], 0, {});
  assert.equal(await child.wait(), { status: 0 });
  closeSync(writeEnd);
  // On its way to the other process, it still keeps the pipe open.
  const waits = new Waits();
  let ended = false;
  const end = waits.input(readEnd).then(() => {
    ended = true;
  });
  await sleep(100);
  assert.not.ok(ended, 'the write end is on its way');
  other.kill();
  await end;
  waits.cancel();
  closeSync(readEnd);
});

test('a structure with an earlier result: a list waits at the fifo that it has opened', async () => {
  const fifo = join(folder, 'fifo');
  spawnSync('mkfifo', [fifo]);
  const opened = openat(fifo, O_RDONLY | 0o4000);
  const list = [opened, awaitInput(opened), read(opened, { size: 1, text: String }), exit(9)];
  const child = new Child(list, 0, {});
  await until('the child to wait', () => /poll/.test(readText(`/proc/${child.pid}/wchan`)));
  await sleep(30);
  assert.match(readText(`/proc/${child.pid}/wchan`), /poll/, 'a fifo without a writer is not at its end');
  spawnSync('sh', ['-c', `echo > ${fifo}`]);
  assert.equal(await child.wait(), { status: 9 });
});

testWith(test, [root], 'a verdict in an answer: the child’s list fails by it, and names the request', async () => {
  const list = [
    ...request(addVeth({ name: 'one' }, { name: 'two' })),
    ...request(addVeth({ name: 'one' }, { name: 'three' })),
    exit(0),
  ];
  for (const [, options, watched] of MODES) {
    const failed = await failureOf(list, watched ? { ...options, watcher: gating() } : options, CLONE_NEWNET);
    assert.match(
      failed.message,
      /^child call 6 of 9 failed:\n {2}sendto\(<socket>, \{RTM_NEWLINK, .*"three".*\) = -1 EEXIST \(File exists\)\n {2}An interface has that name already, on one side or the other\. Run it again: it takes another name\.$/,
    );
  }
  const kept = list.map((call) => (call.verdict ? tolerating('EEXIST', call) : call));
  const child = new Child(kept, CLONE_NEWNET, {});
  assert.equal(await child.wait(), { status: 0 }, 'tolerated');
  const lines = await traceOf(list, () => {}, CLONE_NEWNET);
  assert.match(lines.join('\n'), /recvfrom\(\d+, \{NLMSG_ERROR, error=0\}, 256, 0, NULL, NULL\) = 36/);
  assert.match(lines.at(-1) ?? '', /recvfrom\(\d+, \{NLMSG_ERROR, error=-EEXIST\}, 256, 0, NULL, NULL\) = \d+$/);
});

test('an end that somebody else has collected is an error, never status 0', async () => {
  for (const lone of [true, false]) {
    const companion = lone ? undefined : new Child([waitForSignal()], 0, {});
    const child = new Child([exit(3)], 0, {});
    assert.is(attempt(wait4(child.pid, 0)).result, child.pid);
    await child.wait().then(unexpected, (error: Error) => {
      assert.match(
        error.message,
        /^parent call 1 of 1 failed:\n {2}wait4\(\d+, .*\) = -1 ECHILD \(No child processes\)\n/,
      );
    });
    await child.destroy();
    await companion?.destroy();
  }
  assert.is(process.listenerCount('SIGCHLD'), 0);
});

test('a kernel that cannot mark a range of descriptors: they are closed on exec all the same', () => {
  for (const refused of ['ENOSYS', 'EINVAL', 'no-proc']) {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--import', loader, join(top, 'test/support/old-kernel.ts'), refused],
      { encoding: 'utf8', timeout: patience(20_000) },
    );
    assert.is(stdout, '200 closed\n201 closed\n1 open\n', `${refused}: ${stderr}`);
  }
});

test.run();
