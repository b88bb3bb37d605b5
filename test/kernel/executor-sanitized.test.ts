/** The executor under AddressSanitizer and UBSan, driven by test/native/driver.c. */

import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atLeast, type Call, type Struct, tolerating, withVerdict } from '../../src/syscalls/call.ts';
import { awaitInput, closeRange } from '../../src/syscalls/descriptors.ts';
import { chdir, close, mkdir, openat, pipe2, read, write } from '../../src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWUTS, O_RDONLY } from '../../src/syscalls/flags.ts';
import { cloneCall, execve, exit, getpid, handOver, wait4 } from '../../src/syscalls/processes.ts';
import { Driver, sanitizers } from '../support/driver.ts';
import { top } from '../support/lab.ts';
import { testWith } from '../support/needs.ts';

const FLAGS = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];

const walker = join(top, 'native/build/walker');

let driver: Driver | undefined;
test.after(() => driver?.remove());

function sanitized(name: string, body: (driver: Driver) => void): void {
  testWith(test, [sanitizers], name, () => {
    driver ??= new Driver(FLAGS);
    body(driver);
  });
}

/** What the driver prints; anything that a sanitizer has to say is a failure. */
function output(of: Driver, ...words: string[]): string[] {
  const { status, stdout, stderr } = of.run(...words);
  assert.is(stderr, '', words.join(' '));
  assert.is(status, 0, words.join(' '));
  return stdout.trim().split('\n');
}

const file = openat('/dev/zero', O_RDONLY);
const GOOD: Call[] = [
  file,
  read(file, { size: 100, text: String }),
  close(file),
  pipe2(),
  tolerating('EEXIST', mkdir('/')),
  tolerating('ECHILD', wait4(-1, 1)),
  getpid(),
];
const FAILING: Call[] = [getpid(), chdir('/no such place'), getpid()];
const SHORT: Call[] = [
  ...[openat('/dev/null', O_RDONLY)].flatMap((from) => [from, atLeast(1, '', read(from, { size: 1, text: String }))]),
  getpid(),
];

sanitized('perform: a good list, a failing one, one that comes back with too little, an empty one', (of) => {
  const good = output(of, 'perform', of.pack(GOOD));
  assert.is(good[0], 'done 7');
  assert.match(good[2] ?? '', 'result 1 100');
  assert.equal(
    output(of, 'perform', of.pack(FAILING))
      .slice(0, 3)
      .map((line) => line.replace(/ [1-9]\d+$/, ' N')),
    ['done 1', 'result 0 N', 'result 1 -2'],
  );
  assert.is(output(of, 'perform', of.pack(SHORT))[0], 'done 1');
  assert.equal(output(of, 'perform', of.pack([])), ['done 0']);
  assert.is(output(of, 'perform', of.pack(Array.from({ length: 40_000 }, () => getpid())))[0], 'done 40000');
  const clone = of.pack([getpid(), cloneCall(0, [getpid()])]);
  assert.equal(output(of, 'perform', clone), ['done -22']);
});

for (const [mode, copy] of [
  ['sharing memory', '0'],
  ['with a copy', '1'],
] as const) {
  sanitized(`spawn ${mode}: to the end, failing, into a program that is there and one that is not`, (of) => {
    const results = output(of, 'spawn', of.pack(GOOD), '0', copy, '0', '1');
    assert.is(results.at(-1), 'status 0');
    assert.is(results.length, GOOD.length + 1);
    assert.match(results[1] ?? '', 'result 1 100');
    const failing = output(of, 'spawn', of.pack(FAILING), '0', copy, '0', '1');
    assert.equal(failing.slice(1), ['result 1 -2', 'failed 1 -2', 'status 125']);
    assert.equal(output(of, 'spawn', of.pack(SHORT), '0', copy, '0', '1').slice(-3), [
      'result 1 0',
      'failed 1 0',
      'status 125',
    ]);
    assert.equal(output(of, 'spawn', of.pack([exit(7)]), '0', copy, '0', '1'), ['status 7']);
    assert.equal(
      output(of, 'spawn', of.pack([execve('/bin/sh', ['sh', '-c', 'exit 5'], ['A=b'])]), '0', copy, '0', '1'),
      ['status 5'],
    );
    assert.equal(output(of, 'spawn', of.pack([execve('/nowhere', [], [])]), '0', copy, '0', '1'), [
      'result 0 -2',
      'failed 0 -2',
      'status 125',
    ]);
  });

  sanitized(`spawn ${mode}: lists within the list, watched and not`, (of) => {
    const opened = openat('/dev/zero', O_RDONLY);
    const innermost = [close(opened)];
    const inner = [awaitInput(opened), cloneCall(0, innermost), wait4(-1, 0), close(opened), close(opened)];
    const path = of.pack([opened, cloneCall(0, inner), wait4(-1, 0), closeRange(3), exit(3)], () => true);
    for (const watch of ['0', '1']) {
      const lines = output(of, 'spawn', path, '0', copy, watch, '1').map((line) => line.replace(/ [1-9]\d\d+$/, ' N'));
      assert.equal(lines.slice(-2), ['failed 9 -9', 'status 3'], 'the failure is that of a nested list');
      if (watch === '0') continue;
      assert.equal(
        lines.filter((line) => line.startsWith('2: ')),
        ['2: started 10 0 and 0 bytes', '2: finished 10 0 and 0 bytes'],
      );
      assert.equal(
        lines.filter((line) => line.startsWith('1: finished')).map((line) => line.split(' ')[2]),
        ['5', '6', '7', '8', '9'],
      );
      assert.is(lines.filter((line) => line.startsWith('0: finished')).length, 4, 'after close_range, too');
    }
  });

  sanitized(`spawn ${mode}: the rest of a list made by the walker`, (of) => {
    const file = openat('/dev/zero', O_RDONLY);
    const path = of.pack(
      [getpid(), file, handOver(), read(file, { size: 9, text: String }), chdir('/nowhere')],
      () => true,
    );
    for (const watch of ['0', '1']) {
      const lines = output(of, 'spawn', path, '0', copy, watch, '1', walker);
      assert.equal(lines.slice(-2), ['failed 4 -2', 'status 125']);
      if (watch === '0') continue;
      assert.equal(lines.slice(4, 12), [
        '0: started 2 0 and 0 bytes',
        '0: leaving 2 0 and 0 bytes',
        '0: finished 2 0 and 0 bytes',
        '0: started 3 0 and 0 bytes',
        '0: finished 3 9 and 9 bytes',
        '0: started 4 0 and 0 bytes',
        '0: finished 4 -2 and 0 bytes',
        'failed 4 -2',
      ]);
    }
    assert.equal(output(of, 'spawn', path, '0', copy, '0', '1').slice(-2), ['failed 2 -38', 'status 125'], 'no walker');
  });

  sanitized(`spawn ${mode}: watched, each call waiting at the gate`, (of) => {
    const path = of.pack([getpid(), write(99, 'x')], () => true);
    const results = output(of, 'spawn', path, '0', copy, '1', '1').map((line) =>
      line.replace(/(0) [1-9]\d+ /, '$1 N '),
    );
    assert.equal(results, [
      '0: started 0 0 and 0 bytes',
      '0: finished 0 N and 0 bytes',
      '0: started 1 0 and 0 bytes',
      '0: finished 1 -9 and 0 bytes',
      'failed 1 -9',
      'status 125',
    ]);
  });

  sanitized(`spawn ${mode}: a hundred times, nothing leaks`, (of) => {
    assert.is(output(of, 'spawn', of.pack(GOOD), '0', copy, '1', '100').at(-1), 'status 0');
    assert.is(output(of, 'spawn', of.pack(FAILING), '0', copy, '0', '100').at(-1), 'status 125');
    const nested = of.pack([cloneCall(0, [getpid()]), handOver(), cloneCall(0, [getpid()]), wait4(-1, 0)]);
    assert.is(output(of, 'spawn', nested, '0', copy, '1', '100', walker).at(-1), 'status 0');
  });
}

sanitized('spawn: a clone that the kernel refuses, a program that is not whole', (of) => {
  const CLONE_FS = 0x200;
  const flags = String(CLONE_NEWUSER + CLONE_NEWNS + CLONE_FS);
  assert.equal(output(of, 'spawn', of.pack([getpid()]), flags, '0', '1', '20'), ['refused Invalid argument']);
});

/** Rows with every kind of argument. */
function rows(): Call[] {
  const list: Call[] = Array.from({ length: GOOD.length }, (_, index) => ({
    ...getpid(),
    args: [index, 'text', ['a', 'b'], { size: 9, text: String }],
  }));
  const first = list[0] as Call;
  const deep: Struct = { bytes: Buffer.alloc(8), text: '', pointers: [{ at: 0, to: 'deeper' }] };
  const struct: Struct = {
    bytes: Buffer.alloc(16),
    text: '',
    pointers: [{ at: 8, to: deep }],
    descriptors: [{ at: 0, fd: first }],
  };
  const answered = withVerdict(4, first, { ...getpid(), args: [{ size: 8, text: String }] });
  return [...list, { ...getpid(), args: [first, first, 'more', struct] }, answered];
}

function spoil(of: Driver, kind: 'fuzz' | 'fuzz-nested', path: string, count: number): void {
  let [refused, ran, printed] = [0, 0, ''];
  for (const seed of ['1', '2', '3']) {
    printed += output(of, kind, path, seed, String(count)).join('\n');
    const [, some, others] = /refused (\d+) ran (\d+)$/.exec(printed) ?? [];
    refused += Number(some);
    ran += Number(others);
  }
  console.log(`refused ${refused}, ran ${ran}`);
  assert.is(refused + ran, 3 * count, printed);
  assert.ok(refused > count / 20 && ran > count / 20, 'both kinds are tried');
}

sanitized('spoilt programs are refused, or run and do no harm: 60,000 of them', (of) => {
  spoil(of, 'fuzz', of.pack(rows()), 20_000);
});

sanitized('spoilt programs with lists in lists: 1,500 of them', (of) => {
  const list = rows();
  const innermost = [{ ...getpid(), args: [list[0] as Call] }];
  const inner = [...rows().slice(0, 2), cloneCall(CLONE_NEWUTS, innermost), getpid()];
  spoil(of, 'fuzz-nested', of.pack([...list, cloneCall(0, inner), cloneCall(CLONE_NEWUTS, [])]), 500);
});

test.run();
