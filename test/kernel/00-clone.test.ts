/** Step 0: a second process, and a parent that waits for it. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startContainer } from '../support/container.ts';
import { kernelTest } from '../support/kernel-test.ts';
import { lab, read, statFields } from '../support/lab.ts';

const test = suite('step 0');

kernelTest(test, [], 'the parent says Hello, the child World', () => {
  const { status, stdout } = lab(['step', '0']);
  assert.equal([status, stdout], [0, 'Hello\nWorld\n']);
});

kernelTest(test, [], 'the child is a process of its own, whose parent is the kit', async () => {
  const container = await startContainer(['0']);
  assert.is(statFields(container.pid)[3], String(container.started));
  assert.not.match(read(`/proc/${container.pid}/exe`), /node/);
  assert.is(await container.end(), 0);
});

kernelTest(test, [], 'the parent waits for the child, and passes on its status', () => {
  const { status, stdout } = lab(['step', '0', '--', 'sh', '-c', 'sleep 0.5; echo late; exit 7']);
  assert.equal([status, stdout], [7, 'Hello\nWorld\nlate\n']);
});

kernelTest(
  test,
  [],
  'a program that has been killed is waited for as well: no zombie while the parent lives',
  async () => {
    const container = await startContainer(['0']);
    process.kill(container.pid, 'SIGKILL');
    assert.is(await container.ended(), 128 + 9);
    assert.equal(statFields(container.pid), []);
  },
);

test.run();
