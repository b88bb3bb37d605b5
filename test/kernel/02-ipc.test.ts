/** Step 2: System V IPC is the container's own, and the child waits for its parent. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startContainer } from '../support/container.ts';
import { kernelTest, onTestEnd, temporaryDirectory, until, within } from '../support/kernel-test.ts';
import { loader, namespacesOf, read, statFields, top } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';

const test = suite('step 2');

const KINDS = ['msg', 'sem', 'shm'] as const;

/** The ids in a table of /proc/sysvipc, which shows the namespace of whoever opens it. */
const idsIn = (table: string) =>
  table
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => Number(line.trim().split(/\s+/)[1]));

const hostIds = (kind: string) => idsIn(readFileSync(`/proc/sysvipc/${kind}`, 'utf8'));

const MAKE = { msg: ['--queue'], sem: ['--semaphore', '1'], shm: ['--shmem', '4096'] };
const REMOVE = { msg: '--queue-id', sem: '--semaphore-id', shm: '--shmem-id' };

const idOf = (said: string) => Number(/id: (\d+)/.exec(said)?.[1] ?? Number.NaN);

for (const kind of KINDS) {
  kernelTest(
    test,
    [canRun(2), program('ipcmk')],
    `${kind}: the host's is invisible inside, and the reverse`,
    async () => {
      const onHost = idOf(execFileSync('ipcmk', MAKE[kind], { encoding: 'utf8' }));
      onTestEnd(() => execFileSync('ipcrm', [REMOVE[kind], String(onHost)]));
      assert.ok(hostIds(kind).includes(onHost));

      // Step 1 shares the host's, and there the same look finds it.
      const sharing = await startContainer(['1']);
      assert.ok(idsIn(await sharing.output(`cat /proc/sysvipc/${kind}`)).includes(onHost));
      await sharing.end();

      const container = await startContainer(['2']);
      assert.equal(idsIn(await container.output(`cat /proc/sysvipc/${kind}`)), []);
      const before = hostIds(kind);
      const keys = readFileSync(`/proc/sysvipc/${kind}`, 'utf8');
      await container.output(`ipcmk ${MAKE[kind].join(' ')}`);
      await container.output(`ipcmk ${MAKE[kind].join(' ')}`);
      const inside = execFileSync('nsenter', ['-t', String(container.pid), '--ipc', 'cat', `/proc/sysvipc/${kind}`]);
      assert.is(idsIn(inside.toString()).length, 2);
      assert.equal([hostIds(kind), readFileSync(`/proc/sysvipc/${kind}`, 'utf8')], [before, keys]);
      await container.end();
      assert.equal(hostIds(kind), before);
    },
  );
}

/** A parent that clones a child like step 2's, and then does what `then` says. */
async function startParent(then: string): Promise<{ parent: ChildProcess; child: number; witness: string }> {
  const witness = join(temporaryDirectory(), 'the-child-went-on');
  const script = `
    const { Run } = await import('${top}/src/lab/run.ts');
    const { DEFAULTS } = await import('${top}/src/settings/settings.ts');
    const { openCheckpoint, release, waitFor } = await import('${top}/src/steps/02-ipc.ts');
    const { sethostname } = await import('${top}/src/syscalls/namespaces.ts');
    const { execve } = await import('${top}/src/syscalls/processes.ts');
    const { close } = await import('${top}/src/syscalls/files.ts');
    const program = [execve('/bin/sh', ['sh', '-c', ': >${witness}'], [])];
    const lab = new Run({ owner: 'a test', settings: DEFAULTS, program });
    const checkpoint = await openCheckpoint(lab);
    const list = [...waitFor(checkpoint), sethostname('too early'), ...lab.program];
    const child = await lab.clone(list, ${0x04000000 | 0x08000000});
    console.log(child.pid);
    ${then}`;
  const parent = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', script], { cwd: top });
  onTestEnd(() => parent.kill('SIGKILL'));
  const [line] = await within(10_000, 'the child', () => once(parent.stdout, 'data'));
  return { parent, child: Number(line), witness };
}

const isAsleepAtPipe = (pid: number) => statFields(pid)[2] === 'S' && /pipe/.test(read(`/proc/${pid}/wchan`));
const nameSeenBy = (pid: number) =>
  execFileSync('nsenter', ['-t', String(pid), '--uts', 'hostname'], { encoding: 'utf8' });

kernelTest(test, [canRun(2)], 'the child sleeps at the pipe until the parent lets it go', async () => {
  const { parent, child, witness } = await startParent(
    'process.on("SIGUSR1", async () => { await release(lab, checkpoint); await lab.wait(child); process.exit(42); }); setInterval(() => {}, 1000);',
  );
  await until('the child sleeps', () => isAsleepAtPipe(child));
  await new Promise((resolve) => setTimeout(resolve, 300));
  assert.ok(isAsleepAtPipe(child), 'it still sleeps');
  assert.is(existsSync(witness), false);
  // Its namespaces are made, but none of its later calls is.
  assert.is.not(namespacesOf(child).uts, namespacesOf('self').uts);
  assert.is(nameSeenBy(child), readFileSync('/proc/sys/kernel/hostname', 'utf8'));
  parent.kill('SIGUSR1');
  assert.equal(await within(10_000, 'the parent', () => once(parent, 'exit')), [42, null]);
  assert.ok(existsSync(witness));
});

for (const stopped of [false, true]) {
  kernelTest(
    test,
    [canRun(2)],
    `when a ${stopped ? 'stopped' : 'living'} parent is killed, the child ends`,
    async () => {
      const { parent, child, witness } = await startParent('setInterval(() => {}, 1000);');
      await until('the child sleeps', () => isAsleepAtPipe(child));
      if (stopped) {
        parent.kill('SIGSTOP');
        await until('the parent is stopped', () => statFields(parent.pid ?? 0)[2] === 'T');
        assert.ok(isAsleepAtPipe(child));
      }
      parent.kill('SIGKILL');
      await until('the child is gone', () => !['S', 'R', 'D'].includes(statFields(child)[2] ?? ''));
      assert.is(existsSync(witness), false);
    },
  );
}

// With the parent alive there is no PR_SET_PDEATHSIG: only that the child has closed its copy of the write end.
kernelTest(test, [canRun(2)], 'a child whose parent closes the pipe without a byte ends, too', async () => {
  const { parent, witness } = await startParent(`
    const told = lab.wait(child).then(() => 'no error', (error) => error.message);
    await lab.perform([close(checkpoint.writeEnd)]);
    console.log(await told); process.exit(0);`);
  const [said] = await within(10_000, 'the error', () => once(parent.stdout ?? parent, 'data'));
  assert.match(String(said), 'child call 2 of 4 failed:');
  assert.match(String(said), 'The parent ended before it let the child go.');
  assert.is(existsSync(witness), false);
});

test.run();
