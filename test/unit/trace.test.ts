/** `--trace`: what is printed of a run, and in which order. */
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Child, ChildWatcher } from '../../src/executor/child.ts';
import { encode } from '../../src/executor/encode.ts';
import type { ChildEvent } from '../../src/executor/events.ts';
import type { Observer, Site } from '../../src/lab/observer.ts';
import { watchList } from '../../src/lab/watch-list.ts';
import type { Call, Out } from '../../src/syscalls/call.ts';
import { close, openat, read, write } from '../../src/syscalls/files.ts';
import { CLONE_NEWUTS, O_RDONLY } from '../../src/syscalls/flags.ts';
import { sethostname } from '../../src/syscalls/namespaces.ts';
import { cloneCall, execve, exit, wait4 } from '../../src/syscalls/processes.ts';
import { jsonPrinter } from '../../src/trace/json.ts';
import { traceObserver } from '../../src/trace/observer.ts';
import { textPrinter } from '../../src/trace/text.ts';
import { type Moment, Timeline } from '../../src/trace/timeline.ts';
import { until } from '../support/kernel-test.ts';

const parent = (call: Call, known: Site['known'] = {}): Site => ({ side: 'parent', depth: 0, pid: 10, call, known });
const child = (call: Call, known: Site['known'] = {}): Site => ({ side: 'child', depth: 0, pid: 11, call, known });

function textOf(moments: Omit<Moment, 'at'>[], level: 0 | 1 = 0): string[] {
  const lines: string[] = [];
  const print = textPrinter((line) => lines.push(line), level);
  for (const moment of moments) print({ ...moment, at: 0n });
  return lines;
}

const started = (site: Site) => ({ kind: 'started', site }) as const;
const finished = (site: Site, ...result: [(number | undefined)?]) =>
  ({ kind: 'finished', site, result: result.length === 0 ? 0 : result[0] }) as const;
const said = (line: string) => ({ kind: 'said', line }) as const;

test('text: a call and its result are one line, the child stands further in', () => {
  const clone = parent(cloneCall(CLONE_NEWUTS));
  const name = child(sethostname('x'));
  assert.equal(textOf([started(clone), finished(clone, 11), started(name), finished(name)]), [
    'parent      10  clone(CLONE_NEWUTS) = 11',
    'child       11      sethostname("x", 1) = 0',
  ]);
});

test('text: a call that others come between is unfinished, and resumed', () => {
  const out: Out = { size: 1, text: (bytes) => `"${bytes.toString()}"` };
  const waiting = child(read(3, out));
  const answered = child(read(3, out), { outs: new Map([[out, Buffer.from('.')]]) });
  const writing = parent(write(4, '.'));
  assert.equal(textOf([started(waiting), started(writing), finished(answered, 1), finished(writing, 1)]), [
    'child       11      read(3, <unfinished ...>',
    'parent      10  write(4, ".", 1 <unfinished ...>',
    'child       11      <... read resumed>".", 1) = 1',
    'parent      10  <... write resumed>) = 1',
  ]);
});

test('text: narration comes between, too', () => {
  const name = child(sethostname('x'));
  assert.equal(textOf([started(name), said('Look.'), finished(name, -1)]), [
    'child       11      sethostname("x", 1 <unfinished ...>',
    'Look.',
    'child       11      <... sethostname resumed>) = -1 EPERM (Operation not permitted)',
  ]);
});

test('text: execve that succeeds is printed before it is made, and has no result', () => {
  const exec = child(execve('/bin/x', ['x'], []));
  const line = 'child       11      execve("/bin/x", ["x"], [/* 0 vars */])';
  assert.equal(textOf([started(exec), finished(exec)]), [line]);
  assert.equal(textOf([started(exec), finished(exec, -2)]), [
    line,
    'child       11      <... execve resumed>) = -1 ENOENT (No such file or directory)',
  ]);
});

test('text: wait4 tells its status when it is back', () => {
  const call = wait4(11, 0);
  const [, out] = call.args as [unknown, Out];
  const back = parent(call, { outs: new Map([[out, Buffer.from([0, 3, 0, 0])]]) });
  const name = child(sethostname('x'));
  const lines = textOf([started(parent(call)), started(name), finished(name), finished(back, 11)]);
  assert.equal(lines, [
    'parent      10  wait4(11, <unfinished ...>',
    'child       11      sethostname("x", 1) = 0',
    'parent      10  <... wait4 resumed>[{WIFEXITED(s) && WEXITSTATUS(s) == 3}], 0, NULL) = 11',
  ]);
});

test('text: a call that never came back has no result, as in strace', () => {
  const ending = child(exit(7));
  assert.equal(textOf([started(ending), finished(ending, undefined)]), ['child       11      exit_group(7) = ?']);
  const exec = child(execve('/bin/x', ['x'], []));
  assert.equal(textOf([started(exec), finished(exec, undefined)]), [
    'child       11      execve("/bin/x", ["x"], [/* 0 vars */])',
    'child       11      <... execve resumed>) = ?',
  ]);
});

test('text: a process that a list has cloned stands one column further in than its maker', () => {
  const nested: Site = { ...child(sethostname('x')), pid: 12, depth: 1 };
  const innermost: Site = { ...child(sethostname('y')), pid: 13, depth: 2 };
  assert.equal(textOf([started(nested), finished(nested), started(innermost), finished(innermost)]), [
    'child       12          sethostname("x", 1) = 0',
    'child       13              sethostname("y", 1) = 0',
  ]);
});

test('text: two processes whose number is not known are not taken for one', () => {
  const [one, other] = ['x', 'y'].map((name) => ({ ...child(sethostname(name)), pid: 0 })) as [Site, Site];
  assert.equal(textOf([started(one), started(other), finished(one), finished(other)]), [
    'child        0      sethostname("x", 1 <unfinished ...>',
    'child        0      sethostname("y", 1 <unfinished ...>',
    'child        0      <... sethostname resumed>) = 0',
    'child        0      <... sethostname resumed>) = 0',
  ]);
});

test('text: colours only where there are any', () => {
  const name = child(sethostname('x'));
  const moments = [said('Hello.'), started(name), finished(name, -1)];
  assert.not.match(textOf(moments).join('\n'), '\x1b');
  const coloured = textOf(moments, 1);
  assert.is(coloured[0], '\x1b[2mHello.\x1b[22m');
  assert.match(coloured[1] ?? '', '\x1b[33mchild       11\x1b[39m');
  assert.match(coloured[1] ?? '', '\x1b[31m= -1 EPERM (Operation not permitted)\x1b[39m');
});

test('json: one object a line for each call that came back', () => {
  const lines: string[] = [];
  const print = jsonPrinter((line) => lines.push(line));
  const file = openat('/x', O_RDONLY);
  const known = { results: new Map([[file, 5]]) };
  print({ kind: 'started', site: child(close(file), known), at: 1n });
  print({ kind: 'said', line: 'Hello.', at: 1n });
  print({ kind: 'finished', site: child(close(file), known), result: 0, at: 1_500_000_000n });
  print({ kind: 'finished', site: parent(sethostname('a\n')), result: -1, at: 2_000_000_000n });
  print({ kind: 'finished', site: { ...child(exit(3)), depth: 1 }, result: undefined, at: 3_000_000_000n });
  assert.equal(
    lines.map((line) => JSON.parse(line)),
    [
      { time: 1.5, side: 'child', pid: 11, call: 'close', text: 'close(5)', result: 0, error: null },
      {
        time: 2,
        side: 'parent',
        pid: 10,
        call: 'sethostname',
        text: 'sethostname("a\\n", 2)',
        result: -1,
        error: 'EPERM',
      },
      {
        time: 3,
        side: 'child',
        depth: 1,
        pid: 11,
        call: 'exit_group',
        text: 'exit_group(3)',
        result: null,
        error: null,
      },
    ],
  );
  assert.ok(lines.every((line) => !line.includes('\n')));
});

const now = () => process.hrtime.bigint();
const mark = (line: string, at: bigint): Moment => ({ kind: 'said', line, at });

test('timeline: what arrives late is put where it belongs', async () => {
  const seen: string[] = [];
  const timeline = new Timeline(({ line = '' }) => seen.push(line));
  // Ahead, so that a machine with much to do has the time to come back from its sleep.
  const start = now() + 1_000_000_000n;
  timeline.add(mark('third', start + 3n));
  timeline.add(mark('first', start + 1n));
  await sleep(1);
  timeline.add(mark('second', start + 2n));
  assert.equal(seen, [], 'nothing is printed at once');
  await until('all three', () => seen.length === 3);
  assert.equal(seen, ['first', 'second', 'third']);
});

test('timeline: of one moment, the order of arrival', () => {
  const seen: string[] = [];
  const timeline = new Timeline(({ line = '' }) => seen.push(line));
  for (const line of ['a', 'b', 'c']) timeline.add(mark(line, 5n));
  timeline.flush();
  assert.equal(seen, ['a', 'b', 'c']);
});

test('timeline: flush prints all that has happened, once, and leaves no timer', async () => {
  const seen: string[] = [];
  const timeline = new Timeline(({ line = '' }) => seen.push(line));
  timeline.add(mark('b', now()));
  timeline.add(mark('a', 1n));
  timeline.flush();
  assert.equal(seen, ['a', 'b']);
  await sleep(15);
  assert.equal(seen, ['a', 'b']);
});

test('trace: the child waits before execve alone, and all is printed before it goes on', () => {
  const kinds: string[] = [];
  const observer = traceObserver(({ kind, site, line }) => kinds.push(`${kind} ${line ?? site?.call.info.name}`));
  const exec = execve('/bin/x', [], []);
  assert.equal([observer.gates(exec), observer.gates(sethostname('x'))], [true, false]);
  void observer.before(child(sethostname('x')), 1n);
  void observer.after(child(sethostname('x')), 0, 2n);
  assert.equal(kinds, []);
  void observer.before(child(exec), 3n);
  assert.equal(kinds, ['started sethostname', 'finished sethostname', 'started execve']);
  observer.say('Hello.');
  void observer.end();
  assert.is(kinds.at(-1), 'said Hello.');
});

/** As much of a child as a watcher looks at; `lists` are packed as encode() packs them. */
function fakeChild(list: readonly Call[], pids: readonly (number | undefined)[] = []): Child {
  const { lists, rows } = encode(list);
  return {
    pid: 11,
    lists,
    rows,
    outsOf: () => new Map(),
    pidOf: (number: number) => (number === 0 ? 11 : pids[number]),
  } as unknown as Child;
}

/** Writes down what an observer hears. */
function logObserver(log: string[], gated = false): Observer {
  const name = ({ depth, pid, call }: Site) => `${'>'.repeat(depth)}${call.info.name} by ${pid}`;
  return {
    gates: () => gated,
    before: async (site) => {
      await sleep(2);
      log.push(`before ${name(site)}`);
    },
    after: (site, result) => {
      log.push(`after ${name(site)} ${result}`);
    },
    say: () => {},
    end: () => {},
  };
}

/** Feeds a watcher with events. */
function feed(watcher: ChildWatcher, child: Child, log: string[] = []) {
  return (kind: ChildEvent['kind'], index: number, result = 0) =>
    watcher.onEvent(child, { kind, index, result, at: 0n, answer: Buffer.alloc(0) }, () => log.push('release'));
}

test('watching: one event after the other, a gate opens when the observer is done', async () => {
  const log: string[] = [];
  const child = fakeChild([sethostname('x'), execve('/bin/x', [], [])]);
  const watcher = watchList(logObserver(log, true));
  const event = feed(watcher, child, log);
  event('started', 0);
  event('finished', 0, 7);
  event('started', 1);
  event('leaving', 1);
  await watcher.onListEnd(child, 0, undefined);
  assert.equal(log, [
    'before sethostname by 11',
    'release',
    'after sethostname by 11 7',
    'before execve by 11',
    'release',
    // The channel ended in the middle of execve: it came true.
    'after execve by 11 0',
  ]);
});

test('watching: what never came back has no result, be it killed before its execve, in a read, or by exit_group', async () => {
  for (const call of [execve('/bin/x', [], []), read(3, { size: 1, text: String }), exit(0)]) {
    const log: string[] = [];
    const child = fakeChild([call]);
    const watcher = watchList(logObserver(log));
    feed(watcher, child)('started', 0);
    await watcher.onListEnd(child, 0, undefined);
    assert.equal(log, [`before ${call.info.name} by 11`, `after ${call.info.name} by 11 undefined`]);
  }
});

test('watching: the calls of a nested list wait until it is known whose they are', async () => {
  const log: string[] = [];
  const nested = [sethostname('inside')];
  const child = fakeChild([cloneCall(CLONE_NEWUTS, nested), sethostname('x')], [undefined, 12]);
  const watcher = watchList(logObserver(log));
  const event = feed(watcher, child);
  event('started', 0);
  event('started', 2);
  event('finished', 2);
  const nestedEnd = watcher.onListEnd(child, 1, undefined);
  while (log.length === 0) await sleep(1);
  await sleep(10);
  assert.equal(log, ['before clone by 11']);
  event('finished', 0, 5);
  await nestedEnd;
  event('started', 1);
  event('finished', 1);
  await watcher.onListEnd(child, 0, undefined);
  assert.equal(log, [
    'before clone by 11',
    'after clone by 11 5',
    'before >sethostname by 12',
    'after >sethostname by 12 0',
    'before sethostname by 11',
    'after sethostname by 11 0',
  ]);
});

test('watching: a maker that dies before it can tell whom it has cloned', async () => {
  const log: string[] = [];
  const child = fakeChild([cloneCall(0, [sethostname('inside')])]);
  const watcher = watchList(logObserver(log));
  const event = feed(watcher, child);
  event('started', 0);
  event('started', 1);
  const ends = [watcher.onListEnd(child, 1, undefined), watcher.onListEnd(child, 0, undefined)];
  await Promise.all(ends);
  assert.equal(log, [
    'before clone by 11',
    'after clone by 11 undefined',
    'before >sethostname by 0',
    'after >sethostname by 0 undefined',
  ]);
});

test('watching: a failure of which the child could not tell itself', async () => {
  const log: string[] = [];
  const child = fakeChild([sethostname('x'), sethostname('y'), execve('/bin/x', [], [])]);
  const watcher = watchList(logObserver(log));
  feed(watcher, child)('started', 0);
  await watcher.onListEnd(child, 0, { index: 2, outcome: -13, byVerdict: false });
  assert.equal(log, ['before sethostname by 11', 'after sethostname by 11 undefined', 'after execve by 11 -13']);
});

test.run();
