/** A parent that waits in a call of its own: the rest of its process goes on. */
import { spawn } from 'node:child_process';
import { closeSync, readdirSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { attempt, perform, performPatiently } from '../../src/executor/perform.ts';
import { WaitCancelled, Waits } from '../../src/executor/waits.ts';
import type { Observer } from '../../src/lab/observer.ts';
import { Run } from '../../src/lab/run.ts';
import { newOwnerName } from '../../src/leftovers/owner.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { openCheckpoint } from '../../src/steps/02-ipc.ts';
import { close, openat, pipe2, read, write } from '../../src/syscalls/files.ts';
import { O_RDONLY } from '../../src/syscalls/flags.ts';
import { exit } from '../../src/syscalls/processes.ts';
import { kernelTest, until } from '../support/kernel-test.ts';
import { loader, read as readText, top } from '../support/lab.ts';
import { patience } from '../support/patience.ts';

const fds = () => readdirSync('/proc/self/fd').length;
const byte = () => ({ size: 1, text: String });

function openPipe() {
  const [ends] = [...perform([pipe2()]).outs.values()];
  return { readEnd: ends?.readInt32LE(0) ?? -1, writeEnd: ends?.readInt32LE(4) ?? -1 };
}

for (const child of ['yes', 'no']) {
  kernelTest(
    test,
    [],
    `a parent that reads what never comes, with a child: ${child}: SIGTERM ends the run at once`,
    async () => {
      const words = ['--import', loader, join(top, 'test/support/deaf-parent.ts'), child];
      const parent = spawn(process.execPath, words, { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] });
      let said = '';
      parent.stdout.on('data', (text) => {
        said += text;
      });
      const ended = new Promise((resolve) => parent.once('close', (status, signal) => resolve(signal ?? status)));
      const pid = await until('the parent to wait', () => /^waiting (\d+)$/m.exec(said)?.[1]);
      await sleep(300);
      const start = Date.now();
      parent.kill('SIGTERM');
      assert.is(await Promise.race([ended, sleep(patience(5000)).then(() => 'it did not end')]), 143);
      const took = Date.now() - start;
      assert.ok(took < patience(800), `it took ${took} ms`);
      const ticks = Number(/^ticks (\d+)$/m.exec(said)?.[1]);
      assert.ok(ticks >= 10, `${ticks} ticks of an interval of 10 ms in 300 ms`);
      assert.is(readText(`/proc/${pid}/stat`), '', 'the child is gone');
    },
  );
}

test('a list that has to wait: what comes before is made, what comes after waits, and nothing stays open', async () => {
  const { readEnd, writeEnd } = openPipe();
  const count = fds();
  const waits = new Waits();
  const [before, after] = [openat('/dev/null', O_RDONLY), byte()];
  let done = false;
  const performed = performPatiently([before, read(readEnd, after), close(before)], (fd) => waits.input(fd));
  void performed.then(() => {
    done = true;
  });
  await sleep(50);
  assert.not.ok(done);
  writeSync(writeEnd, 'x');
  const { results, outs } = await performed;
  assert.equal([results[1], outs.get(after)?.toString()], [1, 'x']);
  waits.cancel();
  assert.is(fds(), count);
  for (const fd of [readEnd, writeEnd]) closeSync(fd);
});

test('a list that is given up while it waits closes what it had opened; so do all waits, and those after', async () => {
  const { readEnd, writeEnd } = openPipe();
  const count = fds();
  const waits = new Waits();
  const list = [openat('/dev/null', O_RDONLY), read(readEnd, byte())];
  const given = [1, 2].map(() => performPatiently(list, (fd) => waits.input(fd)).catch((error: unknown) => error));
  await sleep(50);
  waits.cancel();
  for (const error of await Promise.all(given)) assert.instance(error, WaitCancelled);
  assert.instance(await waits.input(readEnd).catch((error: unknown) => error), WaitCancelled);
  assert.is(fds(), count);
  closeSync(writeEnd);
  assert.is(attempt(read(readEnd, byte())).result, 0, 'at its end there is nothing to wait for');
  closeSync(readEnd);
});

test('with --pause, a parent that reads and a child at its gate do not wait for each other', async () => {
  const log: string[] = [];
  const observer: Observer = {
    gates: () => true,
    before: async ({ side, call }) => {
      await sleep(20); // somebody thinks, and presses Enter
      log.push(`${side} ${call.info.name}`);
    },
    after: ({ side, call }, result) => {
      if (call.info.name === 'read' || call.info.name === 'write') log.push(`${side} ${call.info.name} = ${result}`);
    },
    say: () => {},
    end: () => {},
  };
  const run = new Run({ owner: newOwnerName(), settings: DEFAULTS, program: [exit(0)], observer });
  try {
    const { readEnd, writeEnd } = await openCheckpoint(run);
    const child = await run.clone([write(writeEnd, '.'), ...run.program], 0);
    const heard = run.perform([read(readEnd, byte())]);
    const end = sleep(patience(5000)).then(() => 'both wait');
    assert.is.not(await Promise.race([heard, end]), 'both wait');
    assert.equal(await run.wait(child), { status: 0 });
    for (const line of ['parent read = 1', 'child write = 1']) assert.ok(log.includes(line), log.join('\n'));
    for (const fd of [readEnd, writeEnd]) closeSync(fd);
  } finally {
    await run.end();
  }
});

test.run();
