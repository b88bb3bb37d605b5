/** The executor under AddressSanitizer and UBSan, driven by test/native/driver.c. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { atLeast, type Call, tolerating } from '../../src/syscalls/call.ts';
import { chdir, close, mkdir, openat, pipe2, read, write } from '../../src/syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWUSER, O_RDONLY } from '../../src/syscalls/flags.ts';
import { execve, exit, getpid, wait4 } from '../../src/syscalls/processes.ts';
import { Driver, sanitizers } from '../support/driver.ts';
import { testWith } from '../support/needs.ts';

const FLAGS = ['-O1', '-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];

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

const finished = (results: readonly (number | string)[]) =>
  results.map((result, index) => `finished ${index} ${result}`);

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
  assert.is(output(of, 'perform', of.pack(Array.from({ length: 255 }, () => getpid())))[0], 'done 255');
});

for (const [mode, copy] of [
  ['sharing memory', '0'],
  ['with a copy', '1'],
] as const) {
  sanitized(`spawn ${mode}: to the end, failing, into a program that is there and one that is not`, (of) => {
    const results = output(of, 'spawn', of.pack(GOOD), '0', copy, '0', '1');
    assert.is(results.at(-1), 'status 0');
    assert.is(results.length, GOOD.length + 1);
    assert.match(results[1] ?? '', 'finished 1 100');
    const failing = output(of, 'spawn', of.pack(FAILING), '0', copy, '0', '1');
    assert.equal([failing[1], failing.at(-1), failing.length], ['finished 1 -2', 'status 125', 3]);
    assert.equal(output(of, 'spawn', of.pack([exit(7)]), '0', copy, '0', '1'), ['status 7']);
    assert.equal(
      output(of, 'spawn', of.pack([execve('/bin/sh', ['sh', '-c', 'exit 5'], ['A=b'])]), '0', copy, '0', '1'),
      ['status 5'],
    );
    assert.equal(output(of, 'spawn', of.pack([execve('/nowhere', [], [])]), '0', copy, '0', '1'), [
      ...finished([-2]),
      'status 125',
    ]);
  });

  sanitized(`spawn ${mode}: watched, each call waiting at the gate`, (of) => {
    const path = of.pack([getpid(), write(99, 'x')], () => true);
    const results = output(of, 'spawn', path, '0', copy, '1', '1').map((line) => line.replace(/(0) [1-9]\d+$/, '$1 N'));
    assert.equal(results, ['started 0 0', 'finished 0 N', 'started 1 0', 'finished 1 -9', 'status 125']);
  });

  sanitized(`spawn ${mode}: a hundred times, nothing leaks`, (of) => {
    assert.is(output(of, 'spawn', of.pack(GOOD), '0', copy, '1', '100').at(-1), 'status 0');
    assert.is(output(of, 'spawn', of.pack(FAILING), '0', copy, '0', '100').at(-1), 'status 125');
  });
}

sanitized('spawn: a clone that the kernel refuses, a program that is not whole', (of) => {
  const CLONE_FS = 0x200;
  const flags = String(CLONE_NEWUSER + CLONE_NEWNS + CLONE_FS);
  assert.equal(output(of, 'spawn', of.pack([getpid()]), flags, '0', '1', '20'), ['refused Invalid argument']);
});

sanitized('spoilt programs are refused, or run and do no harm: 60,000 of them', (of) => {
  const { length } = GOOD;
  const rows = Array.from({ length }, (_, index) => ({
    ...getpid(),
    args: [index, 'text', ['a', 'b'], { size: 9, text: String }],
  }));
  const [first] = rows;
  if (first) rows.push({ ...getpid(), args: [first, first, 'more'] } as never);
  const path = of.pack(rows);
  let [refused, ran] = [0, 0];
  for (const seed of ['1', '2', '3']) {
    const [, some, others] = /^refused (\d+) ran (\d+)$/.exec(output(of, 'fuzz', path, seed, '20000').join('\n')) ?? [];
    refused += Number(some);
    ran += Number(others);
  }
  console.log(`refused ${refused}, ran ${ran}`);
  assert.is(refused + ran, 60_000);
  assert.ok(refused > 1000 && ran > 1000, 'both kinds are tried');
});

test.run();
