/** Step 3: process 1 of its own PID namespace, with an ordinary number outside. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startContainer } from '../support/container.ts';
import { kernelTest, until } from '../support/kernel-test.ts';
import { namespacesOf, read, statFields } from '../support/lab.ts';
import { canRun } from '../support/needs.ts';

const test = suite('step 3');

/** The numbers of a process, one for each PID namespace from ours inwards. */
const numbersOf = (pid: number) =>
  (/^NSpid:\s*(.*)$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? '').split(/\s+/).map(Number);

const childrenOf = (pid: number) =>
  read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);

kernelTest(test, [canRun(3)], 'the shell has two numbers: its own outside, and 1 inside', async () => {
  const container = await startContainer(['3']);
  assert.equal(numbersOf(container.pid), [container.pid, 1]);
  assert.is.not(container.pid, 1);
  assert.is(await container.output('echo $$'), '1');
  assert.is(statFields(container.pid)[3], String(container.started), 'its parent is the kit');
  assert.is(await container.output('echo $PPID'), '0', 'which cannot be seen from inside');
  await container.end();
});

kernelTest(test, [canRun(3)], 'in step 2 there is one number only', async () => {
  const container = await startContainer(['2']);
  assert.equal(numbersOf(container.pid), [container.pid]);
  await container.end();
});

kernelTest(test, [canRun(3)], 'the next processes inside are 2 and 3', async () => {
  const container = await startContainer(['3']);
  await container.run('sleep 60 & sleep 61 & true');
  const inside = childrenOf(container.pid).map((pid) => numbersOf(pid)[1]);
  assert.equal(inside.sort(), [2, 3]);
  await container.end();
});

kernelTest(test, [canRun(3)], 'ps still lies: /proc is the host’s', async () => {
  const container = await startContainer(['3']);
  assert.is(namespacesOf(container.pid).mnt, namespacesOf('self').mnt);
  const seen = await container.output(`tr '\\0' ' ' </proc/${process.pid}/cmdline`);
  assert.is(seen, read(`/proc/${process.pid}/cmdline`).replaceAll('\0', ' '));
  await container.end();
});

kernelTest(test, [canRun(3)], 'a process inside cannot signal one outside', async () => {
  const container = await startContainer(['3']);
  const { status } = await container.run(`kill -0 ${process.pid}`);
  assert.is.not(status, 0);
  await container.end();
});

kernelTest(test, [canRun(3)], 'what process 1 leaves running ends with it', async () => {
  const container = await startContainer(['3']);
  await container.run('setsid sleep 300 & (trap "" TERM HUP INT; sleep 300) & true');
  const left = await until('two children', () => {
    const found = childrenOf(container.pid);
    return found.length >= 2 && found.every((pid) => !/^(setsid|true)/.test(read(`/proc/${pid}/comm`)))
      ? found
      : undefined;
  });
  assert.is(await container.end(5), 5);
  assert.equal(left.map(statFields), [[], []]);
});

for (const step of [0, 1, 2]) {
  kernelTest(test, [canRun(step)], `step ${step} has no process 1, and yet leaves nothing running`, async () => {
    const container = await startContainer([String(step)]);
    // A daemon, as daemon(3) makes them: its parent is gone, and it has a session of its own.
    await container.run('(setsid sh -c "trap : TERM HUP INT; sleep 300; sleep 300" &) ; (sleep 300 &)');
    const adopted = await until('both have become children of the kit', () => {
      const children = childrenOf(container.started).filter((pid) => pid !== container.pid);
      return children.length === 2 ? children : undefined;
    });
    const grandchildren = adopted.flatMap(childrenOf);
    assert.is(await container.end(5), 5);
    assert.equal([...adopted, ...grandchildren].flatMap(statFields), []);
  });
}

test.run();
