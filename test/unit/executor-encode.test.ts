/** The block of memory that carries a list to the executor, and the events that come back. */
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { encode } from '../../src/executor/encode.ts';
import { EventDecoder, readEvents } from '../../src/executor/events.ts';
import { CallFailure } from '../../src/executor/failure.ts';
import { errnoText, findCall, performProgram } from '../../src/executor/native.ts';
import { attempt, perform, withResults } from '../../src/executor/perform.ts';
import { endOf, statusBytes } from '../../src/executor/reaper.ts';
import { atLeast, type Call, defineCall, type Out, tolerating } from '../../src/syscalls/call.ts';
import { errnoNumber } from '../../src/syscalls/errno.ts';
import { chdir, close, mkdir, openat, pipe2, read, write } from '../../src/syscalls/files.ts';
import { O_CREAT, O_RDONLY, O_WRONLY } from '../../src/syscalls/flags.ts';
import { sethostname } from '../../src/syscalls/namespaces.ts';
import { execve, getpid } from '../../src/syscalls/processes.ts';

const HEADER = 16;
const STEP = 64;
const word = (block: Buffer, step: number, argument: number) =>
  Number(block.readBigInt64LE(HEADER + step * STEP + 8 + argument * 8));
const stringAt = (block: Buffer, at: number) => block.toString('utf8', at, block.indexOf(0, at));
/** The offsets of the words that must become addresses. */
function fixups(block: Buffer): number[] {
  const count = block.readUInt32LE(8);
  return Array.from({ length: count }, (_, index) => block.readUInt32LE(block.length - 4 * (count - index)));
}

test('header: magic, steps, fixups, size', () => {
  const { block } = encode([getpid(), chdir('/')]);
  assert.is(block.toString('latin1', 0, 4), 'LAB1');
  assert.equal([block.readUInt32LE(4), block.readUInt32LE(8), block.readUInt32LE(12)], [2, 1, block.length]);
});

test('an empty list is a header and nothing else', () => {
  const { block, outs } = encode([]);
  assert.is(block.length, HEADER);
  assert.is(outs.size, 0);
  assert.equal(perform([]).results, []);
});

test('a row: the call, its numbers, negative and large ones too', () => {
  const many = defineCall({ name: 'ppoll', source: '', purpose: '', show: [] });
  const numbers = [-1, 0, 2 ** 53 - 1, 2n ** 63n - 1n, -(2n ** 63n), null];
  const { block } = encode([many(...numbers)]);
  assert.is(block.readUInt32LE(HEADER), findCall('ppoll'));
  const words = numbers.map((_, index) => block.readBigInt64LE(HEADER + 8 + index * 8));
  assert.equal(words, [-1n, 0n, BigInt(2 ** 53 - 1), 2n ** 63n - 1n, -(2n ** 63n), 0n]);
  assert.is(block.length, HEADER + STEP);
});

test('a string: an offset that is fixed up, and its bytes with a NUL', () => {
  const { block } = encode([sethostname('höst')]);
  const at = word(block, 0, 0);
  assert.is(stringAt(block, at), 'höst');
  assert.is(word(block, 0, 1), 5);
  assert.is(at % 8, 0);
  assert.equal(fixups(block), [HEADER + 8]);
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
  const expected = [...[0, 1, 2].map((argument) => HEADER + 8 + argument * 8), argv, argv + 8, argv + 16];
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
    [2, 3].map((step) => block.readUInt8(HEADER + step * STEP + 56)),
    [1, 2],
  );
  assert.is(word(block, 2, 0), 0);
});

test('what counts as success, and what waits, stands in the row', () => {
  const list = [tolerating('EEXIST', mkdir('/')), atLeast(1, '', read(0, { size: 1, text: String })), getpid()];
  const { block } = encode(list, (call) => call === list[2]);
  assert.is(block.readInt32LE(HEADER + 4), errnoNumber('EEXIST'));
  assert.equal(
    [0, 1, 2].map((step) => [block.readUInt8(HEADER + step * STEP + 62), block.readUInt8(HEADER + step * STEP + 63)]),
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

test('255 calls run, 256 are refused', () => {
  const list = Array.from({ length: 255 }, () => getpid());
  assert.equal(new Set(perform(list).results), new Set([process.pid]));
  assert.throws(() => encode([...list, getpid()]), /at most 255 calls, not 256/);
});

test('a result is used even where its index no longer fits into seven bits', () => {
  const file = openat('/dev/null', O_RDONLY);
  const list = [...Array.from({ length: 253 }, () => getpid()), file, close(file)];
  const { results } = perform(list);
  assert.is(results[254], 0);
});

test('a call that is not in the table is named, with what to do', () => {
  const odd = defineCall({ name: 'frobnicate', source: '', purpose: '', show: [] });
  assert.throws(() => encode([odd()]), 'frobnicate is not in the table of native/calls.c. Add a line CALL(frobnicate)');
});

test('a block that is not whole is refused, with no call made', () => {
  const { block } = encode([chdir('/nowhere')]);
  const bad: [string, (bytes: Buffer) => unknown][] = [
    ['magic', (bytes) => bytes.writeUInt32LE(0, 0)],
    ['too many steps', (bytes) => bytes.writeUInt32LE(256, 4)],
    ['steps beyond the end', (bytes) => bytes.writeUInt32LE(200, 4)],
    ['fixups beyond the end', (bytes) => bytes.writeUInt32LE(2 ** 30, 8)],
    ['no such call', (bytes) => bytes.writeUInt32LE(1000, HEADER)],
    ['a result of a later call', (bytes) => bytes.writeUInt8(2, HEADER + 56)],
    ['a fixup outside', (bytes) => bytes.writeUInt32LE(bytes.length, bytes.length - 4)],
    ['a fixup that wraps around', (bytes) => bytes.writeUInt32LE(2 ** 32 - 4, bytes.length - 4)],
    ['an offset outside', (bytes) => bytes.writeBigUInt64LE(BigInt(bytes.length + 1), HEADER + 8)],
  ];
  for (const [name, spoil] of bad) {
    const copy = Buffer.from(block);
    spoil(copy);
    assert.is(performProgram(copy, new BigInt64Array(256)), -errnoNumber('EINVAL'), name);
  }
});

test('perform: results, out-arguments, results that feed later calls', () => {
  const [readEnd, writeEnd] = (() => {
    const pipe = pipe2();
    const { outs } = perform([pipe]);
    const [ends] = [...outs.values()];
    return [ends?.readInt32LE(0) ?? -1, ends?.readInt32LE(4) ?? -1];
  })();
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

function event(kind: number, index: number, result: bigint, at: bigint): Buffer {
  const bytes = Buffer.alloc(24);
  bytes.writeUInt32LE(kind, 0);
  bytes.writeUInt32LE(index, 4);
  bytes.writeBigInt64LE(result, 8);
  bytes.writeBigUInt64LE(at, 16);
  return bytes;
}

const STREAM = Buffer.concat([event(1, 0, 0n, 5n), event(2, 0, -22n, 2n ** 60n), event(2, 7, 3n, 6n)]);
const EVENTS = [
  { kind: 'started', index: 0, result: 0, at: 5n },
  { kind: 'finished', index: 0, result: -22, at: 2n ** 60n },
  { kind: 'finished', index: 7, result: 3, at: 6n },
];

test('events: however the pipe cuts them', () => {
  for (const size of [1, 5, 23, 24, 25, 48, 72]) {
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

test('events: more of them than one read brings', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lab-events-'));
  const path = join(folder, 'events');
  writeFileSync(path, Buffer.concat(Array.from({ length: 300 }, (_, index) => event(2, index, 0n, BigInt(index)))));
  const fd = openSync(path, 'r');
  const events = readEvents(fd);
  closeSync(fd);
  rmSync(folder, { recursive: true });
  assert.equal(
    events.map(({ index }) => index),
    Array.from({ length: 300 }, (_, index) => index),
  );
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
