/** Which namespaces each step makes: the inodes in /proc/PID/ns, seen from the host. */
import { readdirSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startContainer } from '../support/container.ts';
import { kernelTest, until } from '../support/kernel-test.ts';
import { namespacesOf, read } from '../support/lab.ts';
import { canRun } from '../support/needs.ts';

const test = suite('namespaces');

/** What each step adds to those before it. */
const ADDED: readonly (readonly string[])[] = [[], ['uts'], ['ipc'], ['pid'], ['mnt'], ['user'], ['net'], [], []];

const newIn = (step: number) => ADDED.slice(0, step + 1).flat();

for (const step of ADDED.keys()) {
  kernelTest(test, [canRun(step)], `step ${step} has new namespaces: ${newIn(step).join(' ') || 'none'}`, async () => {
    const host = namespacesOf('self');
    const container = await startContainer([String(step)]);
    const inside = namespacesOf(container.pid);
    const changed = Object.keys(host).filter((name) => inside[name] !== host[name]);
    assert.equal(changed.sort(), newIn(step).sort());
    assert.equal(namespacesOf('self'), host);
    assert.equal(namespacesOf(container.started), host, 'the kit itself stays where it was');
    assert.is(await container.end(), 0);
  });
}

kernelTest(test, [canRun(6)], "the container's processes are all in the same namespaces", async () => {
  const container = await startContainer(['6']);
  await container.run('sleep 60 & true');
  const [child = ''] = read(`/proc/${container.pid}/task/${container.pid}/children`).trim().split(' ');
  await until('it sleeps', () => read(`/proc/${child}/comm`) === 'sleep\n');
  assert.equal(namespacesOf(Number(child)), namespacesOf(container.pid));
  await container.end();
});

kernelTest(test, [canRun(6)], 'two containers of the same step share none of their namespaces', async () => {
  const [one, other] = [await startContainer(['6']), await startContainer(['6'])];
  const [first, second] = [namespacesOf(one.pid), namespacesOf(other.pid)];
  const shared = Object.keys(first).filter((name) => first[name] === second[name]);
  assert.equal(shared, ['cgroup']);
  assert.equal([await one.end(), await other.end()], [0, 0]);
});

kernelTest(test, [canRun(6)], 'nothing but the standard streams is open in the container', async () => {
  const container = await startContainer(['6']);
  assert.equal(readdirSync(`/proc/${container.pid}/fd`), ['0', '1', '2']);
  await container.end();
});

test.run();
