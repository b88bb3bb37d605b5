/** What a sandbox's programs do is told before it is done: in order, and past nobody. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { compilerWords } from '../../native/build.mjs';
import { descendants, Process } from '../../src/checks/process.ts';
import { Child } from '../../src/executor/child.ts';
import type { HeardCall } from '../../src/executor/listener.ts';
import { nameOfCall } from '../../src/sandbox/call-filter.ts';
import { Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { isStill } from '../../src/submission/unhurried.ts';
import { keepOnExec } from '../../src/syscalls/descriptors.ts';
import { SECCOMP_FILTER_FLAG } from '../../src/syscalls/flags.ts';
import { installFilter } from '../../src/syscalls/identity.ts';
import { execve } from '../../src/syscalls/processes.ts';
import { compilerMissing } from '../support/headers.ts';
import { kernelTest, onTestEnd, temporaryDirectory, until } from '../support/kernel-test.ts';
import { lab, loader, top } from '../support/lab.ts';
import { canRun, root } from '../support/needs.ts';

const listener = suite('the listener');
const needs = [root, canRun(6)];

async function start(
  argv: readonly string[],
  heard: SandboxOptions['heard'],
  options: Partial<SandboxOptions> = {},
): Promise<Sandbox> {
  const started = await Sandbox.start({
    argv,
    binds: {},
    files: {},
    hidden: [],
    directory: '/',
    timeout: 30,
    ...(heard && { heard }),
    ...options,
  });
  onTestEnd(() => started.remove());
  return started;
}

kernelTest(
  listener,
  needs,
  'calls are heard of in their order, and each waits until it has been looked at',
  async () => {
    const names: string[] = [];
    const held = { call: undefined as HeardCall | undefined, let: () => {} };
    const script = 'hostname first; hostname second; exec /bin/sleep 100';
    const started = await start(['/bin/sh', '-c', script], async (call) => {
      names.push(nameOfCall(call) ?? 'another');
      if (names.filter((name) => name === 'sethostname').length !== 2 || held.call) return;
      held.call = call;
      await new Promise<void>((resolve) => {
        held.let = resolve;
      });
    });
    assert.ok(started.hears);
    const call = await until('the second name', () => held.call);
    const hostname = () =>
      spawnSync('nsenter', ['-t', String(started.pid), '--uts', 'hostname'], { encoding: 'utf8' }).stdout.trim();
    assert.ok(
      descendants(started.pid).some(({ pid }) => pid === call.thread),
      'who makes it is known',
    );
    assert.is(Number(call.args[1]), 'second'.length);
    await sleep(300);
    assert.is(hostname(), 'first', 'it has not been made');
    assert.not.ok(isStill(call.thread), 'who makes it will go on: that is no rest');
    held.let();
    await until('the second name', () => hostname() === 'second');
    await until('the last program', () => new Process(started.pid).argv[0] === '/bin/sleep');
    await until('its sleep', () => isStill(started.pid));
    assert.equal(
      names.filter((name) => name !== 'openat'),
      ['execve', 'execve', 'sethostname', 'execve', 'sethostname', 'execve'],
    );
  },
);

const RAW = `
#include <errno.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>
static const char *word(long result) { return result == -1 && errno == ENOSYS ? "ENOSYS" : "made"; }
int main(void)
{
	printf("ring %s\\n", word(syscall(SYS_io_uring_setup, 1, 0)));
#ifdef __x86_64__
	long result;
	printf("x32 %s\\n", word(syscall(0x40000000 + SYS_sethostname, "x", 1)));
	__asm__ volatile("int $0x80" : "=a"(result) : "a"(74), "b"(0), "c"(0) : "r8", "r9", "r10", "r11", "memory");
	printf("i386 %s\\n", result == -ENOSYS ? "ENOSYS" : "made");
#endif
	return 0;
}
`;

kernelTest(listener, [...needs, compilerMissing], 'there is no second way to a call', async () => {
  const folder = temporaryDirectory();
  const [compiler = '', ...words] = compilerWords();
  writeFileSync(join(folder, 'raw.c'), RAW);
  const { status, stderr } = spawnSync(compiler, [...words, 'raw.c', '-o', 'raw'], { cwd: folder, encoding: 'utf8' });
  assert.is(status, 0, stderr);
  const heard: (string | undefined)[] = [];
  const started = await start(['/kit/raw'], (call) => void heard.push(nameOfCall(call)), {
    binds: { '/kit/raw': join(folder, 'raw') },
  });
  assert.equal(await started.ended, { status: 0 });
  const ways = process.arch === 'x64' ? ['ring', 'x32', 'i386'] : ['ring'];
  assert.equal(
    started.stdout.text.trim().split('\n'),
    ways.map((way) => `${way} ENOSYS`),
  );
  assert.equal(heard, ['execve']);
});

kernelTest(listener, needs, 'who makes calls without end is stopped', async () => {
  const started = await start(['/bin/sh', '-c', 'while :; do : >/dev/null; done'], () => {});
  assert.equal(await started.ended, { stopped: 'calls' });
});

/** Words for a process that makes a sandbox in which a program runs; with `held`, no call of it goes on. */
function maker(held: boolean): string[] {
  const code = `
    const { Sandbox } = await import(${JSON.stringify(join(top, 'src/sandbox/sandbox.ts'))});
    const options = { binds: {}, files: {}, hidden: [], directory: '/', timeout: 60 };
    const heard = () => ${held ? 'new Promise(() => {})' : 'undefined'};
    const sandbox = await Sandbox.start({ ...options, argv: ['/bin/sh', '-c', 'hostname x; exec sleep 1'], heard });
    console.log(sandbox.pid, sandbox.hears);
    ${held ? 'setInterval(() => {}, 1000)' : 'console.log(JSON.stringify(await sandbox.ended)); await sandbox.remove()'};
  `;
  return ['--import', loader, '--input-type=module', '-e', code];
}

kernelTest(listener, needs, 'a sandbox ends with the grader also while a call is looked at', async () => {
  const grader = spawn(process.execPath, maker(true), { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(grader.stdout, 'data');
  const program = new Process(Number(String(line).split(' ')[0]));
  await sleep(200);
  assert.ok(program.lives);
  assert.not.ok(program.argv.includes('-c'), 'its first program has not begun');
  grader.kill('SIGKILL');
  await once(grader, 'close');
  await until('the end of the sandbox', () => !program.lives);
  assert.is(lab(['clean']).status, 0);
});

kernelTest(listener, needs, 'where somebody listens to the grader, it grades without, and says so', async () => {
  const program = await listenedTo([process.execPath, ...maker(false)]);
  assert.equal(program.status, { status: 0 }, program.said);
  assert.match(program.said, /^\d+ false\n{"status":0}\n$/);
  const file = join(temporaryDirectory(), '1a.ts');
  writeFileSync(file, readFileSync(join(top, 'exercises/1a-domain-name/solution.ts')));
  const grade = await listenedTo([process.execPath, join(top, 'bin/lab.cjs'), 'grade', file]);
  assert.equal(grade.status, { status: 0 }, grade.said);
  assert.match(grade.said, 'passed');
  assert.match(grade.said, 'Somebody listens to the calls of the grader itself');
  assert.not.match(lab(['grade', file]).stdout, 'Somebody listens');
});

/** Runs a command to whose calls somebody listens, who looks at none. */
async function listenedTo(command: readonly string[]): Promise<{ status: unknown; said: string }> {
  const allow = installFilter(
    [{ code: 0x06, value: 0x7fff0000 }],
    SECCOMP_FILTER_FLAG.SECCOMP_FILTER_FLAG_NEW_LISTENER,
  );
  const out = join(temporaryDirectory(), 'out');
  const words = ['sh', '-c', `exec "$@" >${out} 2>&1`, 'sh', ...command];
  const environment = Object.entries(process.env).map(([name, value]) => `${name}=${value}`);
  const child = new Child([allow, keepOnExec(allow), execve('/bin/sh', words, environment)], 0, {});
  onTestEnd(() => child.destroy());
  const status = await child.wait();
  return { status, said: readFileSync(out, 'utf8') };
}

listener.run();
