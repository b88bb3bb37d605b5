/** Step 1: the host name inside is the container's, and the host keeps its own. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Container, startContainer } from '../support/container.ts';
import { kernelTest } from '../support/kernel-test.ts';
import { canRun, program } from '../support/needs.ts';
import { numbersOf } from '../support/steps.ts';

const test = suite('step 1');
const needs = [canRun(1), program('nsenter')];

const hostName = () => readFileSync('/proc/sys/kernel/hostname', 'utf8').trim();

/** The host name in the container's UTS namespace, asked for by a process of the host's. */
function nameIn({ pid }: Container): string {
  return execFileSync('nsenter', ['-t', String(pid), '--uts', 'hostname'], { encoding: 'utf8' }).trim();
}

for (const [words, name] of [
  [[], 'container'],
  [['--hostname', 'In Namespace'], 'In Namespace'],
  [['--hostname=x'.concat('y'.repeat(63))], 'x'.concat('y'.repeat(63))],
] as const) {
  kernelTest(test, needs, `the name inside is ${name}, and the host's is as before`, async () => {
    const before = hostName();
    assert.is.not(before, name);
    const container = await startContainer(['1', ...words]);
    assert.equal([nameIn(container), await container.output('hostname'), hostName()], [name, name, before]);
    assert.is(await container.end(), 0);
    assert.is(hostName(), before);
  });
}

kernelTest(test, needs, 'a name that is set inside stays inside', async () => {
  const before = hostName();
  const container = await startContainer(['1']);
  await container.output('hostname set-inside');
  assert.equal([nameIn(container), hostName()], ['set-inside', before]);
  await container.end();
  assert.is(hostName(), before);
});

kernelTest(test, needs, 'two containers have two names', async () => {
  const [one, other] = [await startContainer(['1', '--hostname', 'one']), await startContainer(['1'])];
  assert.equal([nameIn(one), nameIn(other)], ['one', 'container']);
  await Promise.all([one.end(), other.end()]);
});

for (const step of numbersOf('uts').slice(1)) {
  kernelTest(test, [canRun(step), ...needs], `step ${step} has a name of its own, too`, async () => {
    const container = await startContainer([String(step), '--hostname', `step-${step}`]);
    assert.is(nameIn(container), `step-${step}`);
    await container.end();
  });
}

test.run();
