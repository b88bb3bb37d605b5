/** The filter that tells of a sandbox's calls: what it says of which, and the numbers in it. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { filter, NUMBERS } from '../../src/sandbox/call-filter.ts';
import { compareWithHeaders, compilerMissing } from '../support/headers.ts';
import { testWith } from '../support/needs.ts';

const machine = process.arch === 'arm64' ? 'arm64' : 'x64';
const numbers: Readonly<Record<string, number>> = NUMBERS[machine];
const ARCHITECTURE = { x64: 0xc000003e, arm64: 0xc00000b7 }[machine];
const ANSWERS: Readonly<Record<number, string>> = { 2147418112: 'allowed', 2143289344: 'told', 327718: 'ENOSYS' };

/** What the filter says, as the kernel would run it: struct seccomp_data, and an accumulator. */
function answer(number: number, args: readonly number[] = [], architecture = ARCHITECTURE): string {
  const data = Buffer.alloc(64);
  data.writeUInt32LE(number, 0);
  data.writeUInt32LE(architecture, 4);
  args.forEach((value, index) => {
    data.writeBigUInt64LE(BigInt(value), 16 + 8 * index);
  });
  const program = filter();
  let a = 0;
  for (let at = 0; ; at++) {
    const { code, value, jumpTrue = 0, jumpFalse = 0 } = program[at] ?? { code: 0, value: 0 };
    if (code === 0x20) a = data.readUInt32LE(value);
    else if (code === 0x54) a = (a & value) >>> 0;
    else if (code === 0x15) at += a === value ? jumpTrue : jumpFalse;
    else if (code === 0x35) at += a >= value ? jumpTrue : jumpFalse;
    else if (code === 0x45) at += (a & value) !== 0 ? jumpTrue : jumpFalse;
    else return ANSWERS[value] ?? String(value);
  }
}

/** Calls with which a descriptor can come from another process. */
const TAKING = ['recvmsg', 'recvmmsg', 'pidfd_getfd'];

const call = (name: string, ...args: number[]) => answer(numbers[name] ?? -1, args);

testWith(test, [compilerMissing], 'the numbers are those of <sys/syscall.h>', () => {
  const named = Object.entries(numbers).map(([name, number]) => [`SYS_${name}`, number]);
  assert.equal(compareWithHeaders(['sys/syscall.h'], Object.fromEntries(named)).different, []);
});

test('names, programs and namespaces are told of, whatever the arguments', () => {
  for (const name of ['execve', 'execveat', 'sethostname', 'setdomainname', 'setns', 'openat2', ...TAKING]) {
    assert.is(call(name), 'told', name);
  }
});

test('others where an argument matters', () => {
  assert.is(call('openat', 0, 0, 0o100), 'allowed', 'to be read');
  assert.is(call('openat', 0, 0, 1), 'told', 'to be written');
  assert.is(call('openat', 0, 0, 2), 'told', 'for both');
  assert.is(call('mount', 0, 0, 0, 2 ** 14), 'allowed', 'a mount is seen by itself');
  for (const bit of [17, 18, 19]) assert.is(call('mount', 0, 0, 0, 2 ** bit), 'told', 'what a tree passes on is not');
  assert.is(call('unshare', 0x04000000), 'allowed');
  assert.is(call('unshare', 0x24000000), 'told', 'a PID namespace for the children');
  assert.is(call('socket', 2), 'allowed');
  assert.is(call('socket', 16), 'told', 'netlink');
  assert.is(call('ioctl', 0, 0x5413), 'allowed', 'a terminal');
  assert.is(call('ioctl', 0, 0x8914), 'told', 'an interface');
  if (machine === 'x64')
    assert.equal([call('open', 0, 0), call('open', 0, 1), call('creat')], ['allowed', 'told', 'told']);
});

test('all the rest goes on, and there is no second way to a call', () => {
  const known = new Set(Object.values(numbers));
  for (let number = 0; number < 500; number++) {
    if (!known.has(number)) assert.is(answer(number), 'allowed', String(number));
  }
  assert.is(call('io_uring_setup'), 'ENOSYS');
  for (const foreign of [0x40000003, 0x40000028, 0xc000003e, 0xc00000b7].filter((other) => other !== ARCHITECTURE)) {
    assert.is(answer(numbers.sethostname ?? 0, [], foreign), 'ENOSYS', foreign.toString(16));
  }
  if (machine === 'x64') assert.is(answer(0x40000000 + (numbers.sethostname ?? 0)), 'ENOSYS', 'x32');
});

test.run();
