/** A run from its beginning to its end: what a step is given, and what is said when things go wrong. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { CallFailure } from '../../src/executor/failure.ts';
import type { Lab } from '../../src/lab/lab.ts';
import { Run } from '../../src/lab/run.ts';
import { runStep } from '../../src/run/run-step.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { close } from '../../src/syscalls/files.ts';

const owner = 'a test';
const newRun = () => new Run({ owner, settings: DEFAULTS, program: [] });
const stepThat = (run: (lab: Lab) => Promise<void>) => ({
  has: new Set<never>(),
  run: async (lab: Lab) => {
    await run(lab);
    return { status: 0 };
  },
});

async function errorOf(act: () => Promise<unknown>): Promise<unknown> {
  try {
    await act();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test('what is noted is undone once, last in, first out, however often the end is asked for', async () => {
  const run = newRun();
  const undone: string[] = [];
  let release = () => {};
  const held = new Promise<void>((resolve) => {
    release = resolve;
  });
  run.onEnd(async () => {
    await held;
    undone.push('first');
  });
  run.onEnd(() => {
    undone.push('second');
  });
  const [once, again] = [run.end(), run.end()];
  let isOver = false;
  void again.then(() => {
    isOver = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
  assert.not.ok(isOver, 'the second end waits for the first');
  release();
  await Promise.all([once, again]);
  assert.equal(undone, ['second', 'first']);
});

test('trouble at the end is heard by everyone who waits for it', async () => {
  const run = newRun();
  run.onEnd(() => {
    throw new Error('it stays');
  });
  for (const error of await Promise.all([errorOf(() => run.end()), errorOf(() => run.end())])) {
    assert.match((error as Error).message, /Not all could be cleaned up; try npm run clean\.\nit stays/);
  }
});

test('trouble at the end does not hide which call failed', async () => {
  const step = stepThat(async (lab) => {
    lab.onEnd(() => {
      throw new Error('it stays');
    });
    await lab.perform([close(-1)]);
  });
  const error = await errorOf(() => runStep({ step, owner, settings: DEFAULTS, program: [] }));
  assert.instance(error, AggregateError);
  const { message, cause } = error as AggregateError;
  assert.match(message, /^parent call 1 of 1 failed:\n {2}close\(-1\) = -1 EBADF/);
  assert.match(message, 'it stays');
  assert.instance(cause, CallFailure);
});

test('what nobody listens to is not put into words', async () => {
  let lines = 0;
  const step = stepThat((lab) => lab.tell(() => `line ${++lines}`));
  assert.is(await runStep({ step, owner, settings: DEFAULTS, program: [] }), 0);
  assert.is(lines, 0);
  const said: string[] = [];
  await runStep({ step, owner, settings: DEFAULTS, program: [], say: (line) => said.push(line) });
  assert.equal(said, ['line 1']);
});

test('a child that is none of this run is refused with the reason', async () => {
  const run = newRun();
  const stranger = { pid: 1, destroy: async () => {} };
  assert.match(
    ((await errorOf(() => run.wait(stranger))) as Error).message,
    /takes a child of this run.*await lab\.clone/,
  );
});

test.run();
