/** The block of memory that carries a list to the executor, and the events that come back. */
import { closeSync, openSync, writeSync } from 'node:fs';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encode } from '../../src/executor/encode.ts';
import { EventDecoder } from '../../src/executor/events.ts';
import { CallFailure } from '../../src/executor/failure.ts';
import { errnoText, findCall, performProgram, spawnProgram } from '../../src/executor/native.ts';
import { attempt, perform, withResults } from '../../src/executor/perform.ts';
import { endOf, statusBytes } from '../../src/executor/reaper.ts';
import {
  atLeast,
  type Call,
  defineCall,
  type Out,
  type Struct,
  tolerating,
  withVerdict,
} from '../../src/syscalls/call.ts';
import { errnoNumber } from '../../src/syscalls/errno.ts';
import { chdir, close, mkdir, openat, pipe2, read, write } from '../../src/syscalls/files.ts';
import { O_CREAT, O_RDONLY, O_WRONLY } from '../../src/syscalls/flags.ts';
import { sethostname } from '../../src/syscalls/namespaces.ts';
import { cloneCall, execve, getpid, handOver } from '../../src/syscalls/processes.ts';

const HEADER = 24;
const LIST = 8;
const STEP = 96;
/** Where the rows begin, behind as many lists as the header says. */
const rowsAt = (block: Buffer) => HEADER + block.readUInt32LE(8) * LIST;
const rowAt = (block: Buffer, step: number) => rowsAt(block) + step * STEP;
const word = (block: Buffer, step: number, argument: number) =>
  Number(block.readBigInt64LE(rowAt(block, step) + 8 + argument * 8));
const resultOf = (block: Buffer, step: number, argument: number) =>
  block.readUInt16LE(rowAt(block, step) + 56 + argument * 2);
const leastOf = (block: Buffer, step: number) => block.readInt32LE(rowAt(block, step) + 68);
const stringAt = (block: Buffer, at: number) => block.toString('utf8', at, block.indexOf(0, at));
/** The offsets of the words that must become addresses. */
function fixups(block: Buffer): number[] {
  const count = block.readUInt32LE(20);
  return Array.from({ length: count }, (_, index) => block.readUInt32LE(block.length - 4 * (count - index)));
}

/** The places in the data that take an earlier result: where, and 1 + whose. */
function patches(block: Buffer): [number, number][] {
  const count = block.readUInt32LE(16);
  const start = block.length - 4 * block.readUInt32LE(20) - 8 * count;
  return Array.from({ length: count }, (_, index) => [
    block.readUInt32LE(start + 8 * index),
    block.readUInt16LE(start + 8 * index + 4),
  ]);
}

test('header: magic, size, lists, steps, patches, fixups', () => {
  const { block } = encode([getpid(), chdir('/')]);
  assert.is(block.toString('latin1', 0, 4), 'LAB2');
  assert.equal(
    [4, 8, 12, 16, 20].map((at) => block.readUInt32LE(at)),
    [block.length, 1, 2, 0, 1],
  );
});

test('an empty list is a header, a list of no rows, and nothing else', () => {
  const { block, outs } = encode([]);
  assert.is(block.length, HEADER + LIST);
  assert.is(outs.size, 0);
  assert.equal(perform([]).results, []);
});

test('a row: the call, its numbers, negative and large ones too', () => {
  const many = defineCall({ name: 'ppoll', source: '', purpose: '', show: [] });
  const numbers = [-1, 0, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n), null];
  const { block } = encode([many(...numbers)]);
  assert.is(block.readUInt16LE(rowAt(block, 0)), findCall('ppoll'));
  const words = numbers.map((_, index) => block.readBigInt64LE(rowAt(block, 0) + 8 + index * 8));
  assert.equal(words, [-1n, 0n, BigInt(2 ** 53 - 1), 2n ** 63n - 1n, -(2n ** 63n), 0n]);
  assert.is(block.length, rowsAt(block) + STEP);
});

test('a string: an offset that is fixed up, and its bytes with a NUL', () => {
  const { block } = encode([sethostname('höst')]);
  const at = word(block, 0, 0);
  assert.is(stringAt(block, at), 'höst');
  assert.is(word(block, 0, 1), 5);
  assert.is(at % 8, 0);
  assert.equal(fixups(block), [rowAt(block, 0) + 8]);
});

test('argv and envp: fixed-up words that end with NULL', () => {
  const { block } = encode([execve('/bin/x', ['x', 'a b', ''], [])]);
  const [path, argv, envp] = [0, 1, 2].map((argument) => word(block, 0, argument)) as [number, number, number];
  assert.is(stringAt(block, path), '/bin/x');
  const pointers = [0, 1, 2, 3].map((index) => Number(block.readBigUInt64LE(argv + 8 * index)));
  assert.equal(
    pointers.slice(0, 3).map((at) => stringAt(block, at)),
    ['x', 'a b', ''],
  );
  assert.is(pointers[3], 0);
  assert.is(Number(block.readBigUInt64LE(envp)), 0);
  const expected = [...[0, 1, 2].map((argument) => rowAt(block, 0) + 8 + argument * 8), argv, argv + 8, argv + 16];
  assert.equal(
    fixups(block).sort((a, b) => a - b),
    expected.sort((a, b) => a - b),
  );
});

test('a structure is copied, an out-argument has room with what the kernel shall find there', () => {
  const out: Out = { size: 12, initial: Uint8Array.of(7, 8), text: String };
  const probe = defineCall({ name: 'ppoll', source: '', purpose: '', show: [] });
  const { block, outs } = encode([probe({ bytes: Uint8Array.of(1, 2, 3), text: '' }, out)]);
  assert.equal([...block.subarray(word(block, 0, 0)).subarray(0, 3)], [1, 2, 3]);
  const at = outs.get(out) ?? -1;
  assert.is(word(block, 0, 1), at);
  assert.equal([...block.subarray(at, at + 12)], [7, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
});

test('an earlier result: its index plus one, and no fixup', () => {
  const first = openat('/dev/null', O_RDONLY);
  const second = openat('/dev/null', O_RDONLY);
  const { block } = encode([first, second, close(first), close(second)]);
  assert.equal(
    [2, 3].map((step) => resultOf(block, step, 0)),
    [1, 2],
  );
  assert.is(word(block, 2, 0), 0);
});

test('what counts as success, and what waits, stands in the row', () => {
  const list = [tolerating('EEXIST', mkdir('/')), atLeast(1, '', read(0, { size: 1, text: String })), getpid()];
  const { block } = encode(list, { isGated: (call) => call === list[2] });
  assert.is(block.readInt32LE(rowAt(block, 0) + 4), errnoNumber('EEXIST'));
  assert.equal(
    [0, 1, 2].map((step) => [block.readUInt8(rowAt(block, step) + 90), leastOf(block, step)]),
    [
      [0, 0],
      [0, 1],
      [1, 0],
    ],
  );
});

test('a result of a later call, of itself or of another list is refused', () => {
  const file = openat('/dev/null', O_RDONLY);
  for (const list of [[close(file), file], [close(file)]]) {
    assert.throws(() => encode(list), /^close uses the result of openat before that call is made/);
  }
});

test('a NUL in a string or in an argv is refused', () => {
  for (const call of [chdir('/tmp\0/etc'), execve('/bin/x', ['a\0b'], []), execve('/bin/x', [], ['A=\0'])]) {
    assert.throws(() => encode([call]), /cannot hold a NUL/);
  }
});

test('65,535 calls run, one more is refused; those of nested lists count', () => {
  const list = Array.from({ length: 65_535 }, () => getpid());
  const { results } = perform(list);
  assert.equal([results.length, new Set(results)], [65_535, new Set([process.pid])]);
  assert.throws(() => encode([...list, getpid()]), /at most 65535 calls, not 65536/);
  assert.throws(() => encode([...list.slice(2), cloneCall(0, [getpid(), getpid()])]), /at most 65535 calls, not 65536/);
});

test('a result is used even where its index no longer fits into one byte, or into fifteen bits', () => {
  for (const before of [254, 300, 65_533]) {
    const file = openat('/dev/null', O_RDONLY);
    const list = [...Array.from({ length: before }, () => getpid()), file, close(file)];
    assert.is(perform(list).results[before + 1], 0, `after ${before} calls`);
  }
});

test('a result that is needed may be as large as 2^31 - 1, and is compared whole', () => {
  const heard = { size: 400, text: String };
  for (const [least, fails] of [
    [255, false],
    [256, false],
    [400, false],
    [401, true],
    [2 ** 31 - 1, true],
  ] as const) {
    const file = openat('/dev/zero', O_RDONLY);
    const list = [file, atLeast(least, 'Too little.', read(file, heard)), close(file)];
    if (fails) assert.throws(() => perform(list), /^parent call 2 of 3 failed:\n.* = 400\n {2}Too little\.$/);
    else assert.is(perform(list).results[1], 400);
  }
  for (const least of [2 ** 31, -1, 0.5, Number.NaN]) {
    assert.throws(
      () => encode([atLeast(least, '', read(0, heard))]),
      (error: Error) => error instanceof RangeError && error.message.startsWith('read: a result can be at least 0 to'),
    );
  }
});

const PROBE = defineCall({ name: 'ppoll', source: '', purpose: '', show: [] });

test('a structure that points: to bytes, strings and answers, at any depth', () => {
  const out: Out = { size: 5, text: String };
  const inner: Struct = { bytes: Buffer.alloc(8, 0xee), text: '', pointers: [{ at: 0, to: out }] };
  const outer: Struct = {
    bytes: Buffer.from('head____tail____last____'),
    text: '',
    pointers: [
      { at: 8, to: 'text' },
      { at: 16, to: inner },
    ],
  };
  const { block, outs } = encode([PROBE(outer)]);
  const at = word(block, 0, 0);
  assert.is(block.toString('latin1', at, at + 8), 'head____', 'what is no pointer stays');
  assert.is(stringAt(block, Number(block.readBigUInt64LE(at + 8))), 'text');
  const below = Number(block.readBigUInt64LE(at + 16));
  assert.is(Number(block.readBigUInt64LE(below)), outs.get(out));
  assert.equal(
    fixups(block).sort((a, b) => a - b),
    [rowAt(block, 0) + 8, at + 8, at + 16, below].sort((a, b) => a - b),
  );
  assert.equal(
    [72, 76].map((field) => block.readUInt32LE(rowAt(block, 0) + field)),
    [outs.get(out), 5],
    'the row knows where the answer is',
  );
});

test('a structure that holds an earlier result: it is filled in before the call', () => {
  const [file, other] = [openat('/dev/null', O_RDONLY), openat('/dev/zero', O_RDONLY)];
  const poll: Struct = { bytes: Buffer.from([9, 9, 9, 9, 1, 0, 0, 0]), text: '', descriptors: [{ at: 0, fd: other }] };
  const { block } = encode([file, other, PROBE(poll, 1, null, null, 8), close(file), close(other)]);
  assert.equal(patches(block), [[word(block, 2, 0), 2]]);
  const { results } = perform([file, other, PROBE(poll, 1, null, null, 8), close(file), close(other)]);
  assert.is(results[2], 1, 'the descriptor is ready, so it was the right one: 0x09090909 is none');
  assert.throws(() => encode([PROBE(poll, 1), other]), /^ppoll uses the result of openat before that call is made/);
});

test('nested lists: behind the row that clones them, with what is below them right after', () => {
  const file = openat('/dev/null', O_RDONLY);
  const innermost = [close(file)];
  const inner = [getpid(), cloneCall(0x8000, innermost)];
  const later = [getpid()];
  const { block, lists, rows } = encode([file, cloneCall(0x20000000, inner), cloneCall(0, later), close(file)]);
  assert.equal(
    lists.map(({ calls, first, clonedBy }) => [calls.length, first, clonedBy]),
    [
      [4, 0, undefined],
      [2, 4, 1],
      [1, 6, 5],
      [1, 7, 2],
    ],
  );
  assert.equal(
    [0, 1, 2, 3].map((list) => [...[0, 2, 4, 6].map((field) => block.readUInt16LE(HEADER + list * LIST + field))]),
    [
      [0, 4, 3, 0],
      [4, 2, 1, 1],
      [6, 1, 0, 5],
      [7, 1, 0, 2],
    ],
  );
  assert.equal(
    rows.map((_, index) => block.readUInt16LE(rowAt(block, index) + 2)),
    [0, 1, 3, 0, 0, 2, 0, 0],
  );
  assert.is(resultOf(block, 6, 0), 1, 'a result from two lists further out');
});

test('a nested list may use what was made before its clone, and nothing else', () => {
  const [early, late, inside] = [0, 1, 2].map(() => openat('/dev/null', O_RDONLY)) as [Call, Call, Call];
  encode([early, cloneCall(0, [close(early)])]);
  assert.throws(() => encode([early, cloneCall(0, [close(late)]), late]), /^close uses the result of openat before/);
  assert.throws(() => encode([cloneCall(0, [inside]), close(inside)]), /^close uses the result of openat before/);
  const clone = cloneCall(0, []);
  const own = { ...clone, list: [close(clone)] };
  assert.throws(() => encode([own]), /^close uses the result of clone before/);
});

test('a list with a clone in it is for a child: this process is not copied', () => {
  assert.throws(() => perform([cloneCall(0, [getpid()])]), /is for a child/);
});

test('a list is handed over once', () => {
  assert.throws(() => encode([handOver(), cloneCall(0, [handOver()])]), /once, not twice/);
});

test('an error in the answer: the list fails by it, and names the request', () => {
  const heard = (error: number, least = 0) => {
    const [readEnd, writeEnd] = openPipe();
    const bytes = Buffer.alloc(8);
    bytes.writeInt32LE(error, 4);
    writeSync(writeEnd, bytes);
    closeSync(writeEnd);
    const asked = openat('/dev/null', O_RDONLY);
    const answer = withVerdict(4, asked, { ...read(readEnd, { size: 8, text: String }), least });
    return { asked, answer, done: () => closeSync(readEnd) };
  };
  for (const error of [0, 17, 2 ** 31 - 1]) {
    const { asked, answer, done } = heard(error);
    assert.is(perform([asked, answer, close(asked)]).results[1], 8, 'no error: the result is the call’s own');
    done();
  }
  const { asked, answer, done } = heard(-errnoNumber('EEXIST'));
  assert.throws(
    () => perform([getpid(), asked, answer, close(asked)]),
    (error: unknown) => {
      assert.instance(error, CallFailure);
      const { failed, errno } = error as CallFailure;
      assert.equal([failed.index, failed.total, errno, failed.call], [1, 4, 'EEXIST', asked]);
      return true;
    },
  );
  done();
  const excused = heard(-errnoNumber('EEXIST'));
  const list = [excused.asked, tolerating('EEXIST', excused.answer), close(excused.asked)];
  assert.is(perform(list).results[1], 8);
  excused.done();
  // A call that failed itself has no answer: what lies there is not looked at, and it names itself.
  const mute = withVerdict(
    0,
    asked,
    read(-1, { size: 4, initial: Uint8Array.of(0xff, 0xff, 0xff, 0xff), text: String }),
  );
  assert.throws(() => perform([asked, mute]), /^parent call 2 of 2 failed:\n {2}read\(-1, .* = -1 EBADF/);
  const short = heard(-1, 9);
  assert.throws(() => perform([short.asked, short.answer]), /^parent call 2 of 2 failed:\n {2}read\(.* = 8$/);
  short.done();
});

test('a call that is not in the table is named, with what to do', () => {
  const odd = defineCall({ name: 'frobnicate', source: '', purpose: '', show: [] });
  assert.throws(() => encode([odd()]), 'frobnicate is not in the table of native/calls.c. Add a line CALL(frobnicate)');
});

test('a block that is not whole is refused, with no call made', () => {
  const { block } = encode([chdir('/nowhere')]);
  const row = rowAt(block, 0);
  const bad: [string, (bytes: Buffer) => unknown][] = [
    ['magic', (bytes) => bytes.writeUInt32LE(0, 0)],
    ['no list', (bytes) => bytes.writeUInt32LE(0, 8)],
    ['lists beyond the end', (bytes) => bytes.writeUInt32LE(20, 8)],
    ['too many lists', (bytes) => bytes.writeUInt32LE(2 ** 29 + 1, 8)],
    ['too many steps', (bytes) => bytes.writeUInt32LE(65_536, 12)],
    ['steps beyond the end', (bytes) => bytes.writeUInt32LE(200, 12)],
    ['patches beyond the end', (bytes) => bytes.writeUInt32LE(2 ** 29, 16)],
    ['fixups beyond the end', (bytes) => bytes.writeUInt32LE(2 ** 30, 20)],
    ['a list that begins late', (bytes) => bytes.writeUInt16LE(1, HEADER)],
    ['a list with too many rows', (bytes) => bytes.writeUInt16LE(2, HEADER + 2)],
    ['a list with lists below that there are not', (bytes) => bytes.writeUInt16LE(1, HEADER + 4)],
    ['no such call', (bytes) => bytes.writeUInt16LE(1000, row)],
    ['no such list', (bytes) => bytes.writeUInt16LE(1, row + 2)],
    ['a result of a later call', (bytes) => bytes.writeUInt16LE(2, row + 56)],
    ['an answer among the rows', (bytes) => [bytes.writeUInt32LE(row, row + 72), bytes.writeUInt32LE(4, row + 76)]],
    ['an answer outside', (bytes) => [bytes.writeUInt32LE(row + STEP, row + 72), bytes.writeUInt32LE(100, row + 76)]],
    ['an answer that wraps around', (bytes) => [bytes.fill(0xff, row + 72, row + 80)]],
    ['a verdict outside', (bytes) => bytes.writeUInt32LE(bytes.length - 2, row + 80)],
    ['a verdict among the rows', (bytes) => bytes.writeUInt32LE(row, row + 80)],
    ['a patch that there is not', (bytes) => bytes.writeUInt16LE(1, row + 88)],
    ['patches that wrap around', (bytes) => bytes.writeUInt32LE(2 ** 32 - 1, row + 84)],
    ['a descriptor among seven arguments', (bytes) => bytes.writeUInt8(7, row + 91)],
    ['a fixup outside', (bytes) => bytes.writeUInt32LE(bytes.length, bytes.length - 4)],
    ['a fixup among the lists', (bytes) => bytes.writeUInt32LE(HEADER, bytes.length - 4)],
    ['a fixup that wraps around', (bytes) => bytes.writeUInt32LE(2 ** 32 - 4, bytes.length - 4)],
    ['an offset outside', (bytes) => bytes.writeBigUInt64LE(BigInt(bytes.length + 1), row + 8)],
  ];
  for (const [name, spoil] of bad) {
    const copy = Buffer.from(block);
    spoil(copy);
    assert.is(performProgram(copy, new BigInt64Array(256)), -errnoNumber('EINVAL'), name);
  }
});

test('clones, and patches, that are not sound are refused, with no call made', () => {
  const file = openat('/nowhere', O_RDONLY);
  const struct: Struct = { bytes: Buffer.alloc(8), text: '', descriptors: [{ at: 0, fd: file }] };
  const { block } = encode([file, PROBE(struct), cloneCall(0x20000000, [getpid()])]);
  const patch = block.length - 4 * block.readUInt32LE(20) - 8;
  const clone = rowAt(block, 2);
  const bad: [string, (bytes: Buffer) => unknown][] = [
    ['its own list', (bytes) => bytes.writeUInt16LE(2, HEADER + LIST)],
    ['an earlier list', (bytes) => bytes.writeUInt16LE(0, HEADER + LIST)],
    ['a list of another row', (bytes) => bytes.writeUInt16LE(1, HEADER + LIST + 6)],
    ['a list of two rows', (bytes) => bytes.writeUInt16LE(1, rowAt(block, 0) + 2)],
    ['flags with CLONE_VM', (bytes) => bytes.writeUInt32LE(0x100, clone + 8)],
    ['flags with a signal', (bytes) => bytes.writeUInt32LE(17, clone + 8)],
    ['flags in the upper half', (bytes) => bytes.writeUInt32LE(1, clone + 12)],
    ['flags that are a result', (bytes) => bytes.writeUInt16LE(1, clone + 56)],
    ['a patch of a row', (bytes) => bytes.writeUInt32LE(clone, patch)],
    ['a patch of itself', (bytes) => bytes.writeUInt32LE(patch, patch)],
    ['a patch outside', (bytes) => bytes.writeUInt32LE(2 ** 32 - 2, patch)],
    ['a patch with the result of a later call', (bytes) => bytes.writeUInt16LE(2, patch + 4)],
    ['a patch with no result', (bytes) => bytes.writeUInt16LE(0, patch + 4)],
  ];
  for (const [name, spoil] of bad) {
    const copy = Buffer.from(block);
    spoil(copy);
    const spawned = spawnProgram(copy, { ...REQUEST, lists: 2 });
    assert.is(spawned.pid, -errnoNumber('EINVAL'), name);
  }
});

const REQUEST = { flags: 0, terminal: -1, watch: false, copy: false, mortal: true, directory: -1, walker: -1 };

function openPipe(): [number, number] {
  const { outs } = perform([pipe2()]);
  const [ends] = [...outs.values()];
  return [ends?.readInt32LE(0) ?? -1, ends?.readInt32LE(4) ?? -1];
}

test('perform: results, out-arguments, results that feed later calls', () => {
  const [readEnd, writeEnd] = openPipe();
  const heard: Out = { size: 5, text: String };
  const { results, outs } = perform([write(writeEnd, 'hellö'.slice(0, 4)), read(readEnd, heard), close(readEnd)]);
  closeSync(writeEnd);
  assert.equal(results, [4, 4, 0]);
  assert.is(outs.get(heard)?.toString('utf8', 0, 4), 'hell');
});

test('a failing call ends the list; what it had opened is closed, once', () => {
  const opened = openat('/dev/null', O_WRONLY);
  const closed = openat('/dev/null', O_WRONLY);
  let failed: CallFailure | undefined;
  try {
    perform([opened, closed, close(closed), chdir('/no such place'), getpid()]);
  } catch (error) {
    failed = error as CallFailure;
  }
  assert.instance(failed, CallFailure);
  assert.equal([failed?.failed.index, failed?.failed.total, failed?.errno], [3, 5, 'ENOENT']);
  const fd = openSync('/dev/null', 'r');
  const next = openSync('/dev/null', 'r');
  closeSync(fd);
  closeSync(next);
  const again = attempt(openat('/dev/null', O_RDONLY)).result;
  closeSync(again);
  assert.is(again, fd, 'the lowest free descriptor is what it was');
});

test('a tolerated error counts as success, and its result stays the error', () => {
  assert.equal(perform([tolerating('EEXIST', mkdir('/'))]).results, [-errnoNumber('EEXIST')]);
});

test('too little is a failure although the kernel reports none', () => {
  const empty = openat('/dev/null', O_RDONLY);
  const list: Call[] = [empty, atLeast(1, 'Nothing came.', read(empty, { size: 1, text: String }))];
  assert.throws(() => perform(list), /^parent call 2 of 2 failed:\n {2}read\(.*\) = 0\n {2}Nothing came\.$/);
});

test('withResults puts numbers in place of the calls that made them', () => {
  const file = openat('/dev/null', O_CREAT);
  const [known, unknown] = [withResults(close(file), new Map([[file, 9]])), withResults(close(file), new Map())];
  assert.equal([known.args[0], unknown.args[0]], [9, file]);
});

function event(kind: number, index: number, result: bigint, at: bigint, answer = ''): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.writeUInt32LE(kind, 0);
  bytes.writeUInt32LE(index, 4);
  bytes.writeBigInt64LE(result, 8);
  bytes.writeBigUInt64LE(at, 16);
  bytes.writeUInt32LE(answer.length, 24);
  return Buffer.concat([bytes, Buffer.from(answer)]);
}

const STREAM = Buffer.concat([
  event(1, 0, 0n, 5n),
  event(3, 0, -22n, 2n ** 60n),
  event(3, 7, 3n, 2n ** 60n + 1n, 'abc'),
  event(2, 65_534, 0n, 2n ** 60n + 2n),
]);
const none = Buffer.alloc(0);
const EVENTS = [
  { kind: 'started', index: 0, result: 0, at: 5n, answer: none },
  { kind: 'finished', index: 0, result: -22, at: 2n ** 60n, answer: none },
  { kind: 'finished', index: 7, result: 3, at: 2n ** 60n + 1n, answer: Buffer.from('abc') },
  { kind: 'leaving', index: 65_534, result: 0, at: 2n ** 60n + 2n, answer: none },
];

test('events: however the pipe cuts them', () => {
  for (const size of [1, 5, 31, 32, 33, 64, 98, 99, 100, 131]) {
    const decoder = new EventDecoder();
    const events = [];
    for (let at = 0; at < STREAM.length; at += size) events.push(...decoder.decode(STREAM.subarray(at, at + size)));
    assert.equal(events, EVENTS, `in pieces of ${size}`);
  }
});

test('events: nothing comes of nothing, or of a part', () => {
  const decoder = new EventDecoder();
  assert.equal(decoder.decode(Buffer.alloc(0)), []);
  assert.equal(decoder.decode(STREAM.subarray(0, 10)), []);
  assert.equal(decoder.decode(STREAM.subarray(10)), EVENTS);
});

test('events: a clock that begins anew goes on from where it was', () => {
  const times = new EventDecoder()
    .decode(Buffer.concat([100n, 200n, 10n, 15n].map((at) => event(1, 0, 0n, at))))
    .map(({ at }) => at);
  assert.equal(times, [100n, 200n, 200n, 205n]);
});

test('a wait status: exits and signals, there and back', () => {
  for (const end of [{ status: 0 }, { status: 3 }, { status: 255 }, { signal: 9 }, { signal: 64 }]) {
    assert.equal(endOf(statusBytes(end).readInt32LE(0)), end);
  }
  assert.equal(endOf(11 | 0x80), { signal: 11 }, 'with a core dump');
});

test("the kernel's words for errors", () => {
  assert.is(errnoText(1), 'Operation not permitted');
  assert.is(errnoText(errnoNumber('ENOTEMPTY')), 'Directory not empty');
});

test.run();
