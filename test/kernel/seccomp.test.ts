/** Filters as the kernel runs them: what it answers to each call, what becomes of who is killed, and what is left to a shell. */
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compilerWords } from '../../native/build.mjs';
import { Child } from '../../src/executor/child.ts';
import { compileFilter, type Surroundings } from '../../src/seccomp/compile.ts';
import { DEFAULT_PROFILE } from '../../src/seccomp/default-profile.ts';
import { AUDIT_ARCH, CALLS, NATIVE } from '../../src/seccomp/numbers.ts';
import { type Profile, readProfile } from '../../src/seccomp/profile.ts';
import type { Call, Struct } from '../../src/syscalls/call.ts';
import { type FilterInstruction, installFilter, noNewPrivileges, setUser } from '../../src/syscalls/identity.ts';
import { execve } from '../../src/syscalls/processes.ts';
import type { MadeCall } from '../support/bpf.ts';
import { compilerMissing } from '../support/headers.ts';
import { kernelTest, onTestEnd, temporaryDirectory, until } from '../support/kernel-test.ts';
import { top } from '../support/lab.ts';
import { root } from '../support/needs.ts';
import { callsFor, drawFrom, drawProfile, evaluator } from '../support/profiles.ts';

const seccomp = suite('seccomp');
const native = NATIVE[process.arch] ?? 'x86-64';
const SURROUNDINGS: Surroundings = { machine: process.arch, capabilities: [], kernel: '6.1' };

/** What every-call.c says of a call that is let through, and of one that ended its process. */
const GOES_ON = -4000;
const KILLED = -10_000;

/** What the kernel answers to calls under a filter; none of them is made. */
function answersOfKernel(program: string, filter: readonly FilterInstruction[], calls: readonly MadeCall[]): number[] {
  const words = calls.map(({ architecture, number, args = [] }) => {
    const old = architecture === AUDIT_ARCH.i386 ? 1n : 0n;
    return [old, BigInt(number), ...Array.from({ length: 6 }, (_, index) => args[index] ?? 0n)];
  });
  const [filterFile, callsFile] = [`${program}.filter`, `${program}.calls`];
  const [, , fprog] = installFilter(filter).args as [number, number, Struct];
  const instructions = fprog.pointers?.[0]?.to as Struct | undefined;
  writeFileSync(filterFile, instructions?.bytes ?? '');
  writeFileSync(callsFile, new BigUint64Array(words.flat()));
  const { status, stdout } = spawnSync(program, [filterFile, callsFile], { maxBuffer: 2 ** 24 });
  assert.is(status, 0);
  return Array.from({ length: calls.length }, (_, index) => Number(stdout.readBigInt64LE(index * 8)));
}

/** What that is for an answer of a filter. */
function outcomeOf(answer: number): number {
  const action = (answer & 0xffff0000) >>> 0;
  if (action === 0x50000) return -(answer & 0xffff);
  // Whom nobody traces and nobody logs goes on; who is killed or trapped ends by SIGSYS.
  return action >= 0x7ff00000 && action < 0x80000000 ? GOES_ON : KILLED;
}

function compile(): string {
  const [compiler = '', ...first] = compilerWords();
  const program = join(temporaryDirectory(), 'every-call');
  const source = join(top, 'test/support/every-call.c');
  const { status, stderr } = spawnSync(compiler, [...first, '-Wall', source, '-o', program], { encoding: 'utf8' });
  assert.is(status, 0, stderr);
  return program;
}

/** Asks the kernel about all that a filter may be mistaken about. */
function compareWithKernel(program: string, profile: Profile, seed: number): number {
  const filter = compileFilter(profile, SURROUNDINGS);
  const ask = evaluator(profile, SURROUNDINGS);
  const calls = [...callsFor(profile, native, drawFrom(seed))].filter(({ number }) => !isUnfiltered(number));
  // An assembler's 32 bits have five arguments there.
  if (native === 'x86-64') calls.push(...CALLS.i386.names.map((name) => callOf386(name)));
  const answers = answersOfKernel(program, filter, calls);
  for (const [index, call] of calls.entries()) {
    const ought = outcomeOf(ask(call));
    if (answers[index] === ought) continue;
    const args = call.args?.map((word) => `0x${word.toString(16)}`);
    assert.is(answers[index], ought, `seed ${seed}: ${call.architecture.toString(16)} ${call.number} (${args})`);
  }
  return calls.length;
}

/** Since Linux 6.14 these two are never filtered: the kernel itself has put them into programs that are probed. */
function isUnfiltered(number: number): boolean {
  return ['uretprobe', 'uprobe'].includes(CALLS[native].nameOf(number) ?? '');
}

function callOf386(name: string): MadeCall {
  return { architecture: AUDIT_ARCH.i386, number: CALLS.i386.numberOf(name) ?? -1 };
}

kernelTest(
  seccomp,
  [root, compilerMissing],
  'the kernel answers each call as the profile says: the default one, and others drawn at random',
  () => {
    const program = compile();
    let made = compareWithKernel(program, DEFAULT_PROFILE, 0);
    for (let seed = 1; seed <= 5; seed++) {
      made += compareWithKernel(program, drawProfile(drawFrom(seed), CALLS[native].names), seed);
    }
    assert.ok(made > 6000, String(made));
  },
);

/** A program under a filter. Its number is that of the program from the beginning on. */
function under(filter: readonly FilterInstruction[], argv: readonly string[], before: readonly Call[] = []): Child {
  const environment = ['PATH=/usr/sbin:/usr/bin:/sbin:/bin'];
  const list = [...before, installFilter(filter), execve(argv[0] ?? '', argv, environment)];
  const child = new Child(list, 0, {});
  onTestEnd(() => child.destroy());
  return child;
}

function statusOf(pid: number | 'self'): Record<string, string> {
  return Object.fromEntries(
    [...readFileSync(`/proc/${pid}/status`, 'utf8').matchAll(/^(\w+):\s*(.*)$/gm)].map(([, name, value]) => [
      name,
      value,
    ]),
  );
}

/** All goes on, but one call. */
function without(name: string, action: string): FilterInstruction[] {
  const profile = { defaultAction: 'SCMP_ACT_ALLOW', syscalls: [{ names: [name], action }] };
  return compileFilter(readProfile(profile, 'the profile'), SURROUNDINGS);
}

kernelTest(seccomp, [root], 'a filter holds for the program and what it starts, and for nobody else', async () => {
  const filter = compileFilter(DEFAULT_PROFILE, SURROUNDINGS);
  const before = statusOf('self');
  const child = under(filter, ['/bin/sh', '-c', 'sleep 60 & wait'], [noNewPrivileges()]);
  const sleeper = await until('a child of the shell', () => {
    const pid = Number(readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').split(' ')[0]);
    return pid !== 0 && statusOf(pid).Name === 'sleep' && pid;
  });
  onTestEnd(() => process.kill(sleeper));
  // Linux 5.9 counts them.
  const filters = before.Seccomp_filters && String(Number(before.Seccomp_filters) + 1);
  for (const status of [child.pid, sleeper].map(statusOf)) {
    assert.equal([status.Seccomp, status.Seccomp_filters, status.NoNewPrivs], ['2', filters, '1']);
  }
  const after = statusOf('self');
  assert.equal([after.Seccomp, after.NoNewPrivs], [before.Seccomp, before.NoNewPrivs]);
});

kernelTest(
  seccomp,
  [root],
  'under the default profile a shell works, and root can do nothing to the machine',
  async () => {
    const filter = compileFilter(DEFAULT_PROFILE, SURROUNDINGS);
    const out = join(temporaryDirectory(), 'out');
    const tries = ['mount -t tmpfs x /mnt', 'unshare -m true', 'unshare -U true', 'hostname other', 'chroot / true'];
    const script = [
      'ls / | sort | head -1; (sleep 0; echo asleep); echo $(echo piped | cat)',
      ...tries.map((words) => `${words} 2>/dev/null && echo "${words}"`),
      'exit 7',
    ].join('\n');
    const child = under(filter, ['/bin/sh', '-c', `exec >${out} 2>&1\n${script}`], [noNewPrivileges()]);
    assert.equal(await child.wait(), { status: 7 });
    assert.equal(readFileSync(out, 'utf8').trim().split('\n').slice(1), ['asleep', 'piped']);
  },
);

kernelTest(seccomp, [root], 'who is killed ends by SIGSYS; who is logged goes on', async () => {
  for (const action of ['SCMP_ACT_KILL_PROCESS', 'SCMP_ACT_KILL', 'SCMP_ACT_TRAP']) {
    const child = under(without('uname', action), ['/bin/uname'], [noNewPrivileges()]);
    assert.equal(await child.wait(), { signal: 31 }, action);
  }
  const logged = under(
    without('uname', 'SCMP_ACT_LOG'),
    ['/bin/sh', '-c', 'test $(uname) = Linux'],
    [noNewPrivileges()],
  );
  assert.equal(await logged.wait(), { status: 0 });
  // Nobody traces it: it is told that there is no such call.
  const traced = under(
    without('uname', 'SCMP_ACT_TRACE'),
    ['/bin/sh', '-c', '! uname 2>/dev/null'],
    [noNewPrivileges()],
  );
  assert.equal(await traced.wait(), { status: 0 });
});

kernelTest(seccomp, [root], 'an ordinary user needs no_new_privs for it', async () => {
  const filter = without('uname', 'SCMP_ACT_ERRNO');
  const refused = under(filter, ['/bin/true'], [setUser(65534)]);
  await refused.wait().then(
    () => assert.unreachable(),
    (error) => assert.match(error.message, /seccomp\(SECCOMP_SET_MODE_FILTER, 0, .* = -1 EACCES/),
  );
  const allowed = under(filter, ['/bin/true'], [setUser(65534), noNewPrivileges()]);
  assert.equal(await allowed.wait(), { status: 0 });
});

seccomp.run();
