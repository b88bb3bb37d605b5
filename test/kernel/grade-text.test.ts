/** Grading one text, in this process: much output, an interruption, and machines that refuse. */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { catalogue, type Entry, textOf, top } from '../../src/catalogue/exercises.ts';
import { gradeText } from '../../src/grading/grade.ts';
import { kernelTest, onTestEnd, until } from '../support/kernel-test.ts';
import { leftoversOf, NONE } from '../support/leftovers.ts';
import { canRun, program, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('grade-text');
const needs = [root, canRun(7)];
const ENDLESS = 'export async function run() { for (;;) await new Promise((resolve) => setTimeout(resolve, 100)); }\n';
const timeout = patience(30);

async function exercise(id: string): Promise<Entry> {
  const entry = (await catalogue()).find((candidate) => candidate.id === id);
  if (!entry) throw new Error(`There is no exercise ${id}.`);
  return entry;
}

/** The directories that hold this process to the sandboxes that it has made. */
function ownCgroups(): readonly string[] {
  return leftoversOf(new Set([process.pid])).cgroups;
}

for (const kibibytes of [60, 100, 1000]) {
  kernelTest(test, needs, `a right solution that prints ${kibibytes} KiB passes`, async () => {
    // Its program does what it is told, and answers on the same stream.
    const entry = await exercise('3b');
    const print = `for (let n = 0; n < ${kibibytes}; n++) console.log('x'.repeat(1023));`;
    const text = textOf(entry, 'solution.ts').replace('const container', `${print}\n  const container`);
    const { status, message } = await gradeText(entry, text, { timeout });
    assert.equal([status, message], ['passed', undefined]);
  });
}

kernelTest(test, needs, 'interrupted: nothing is left when that is said', async () => {
  const controller = new AbortController();
  const grading = gradeText(await exercise('1a'), ENDLESS, { timeout, signal: controller.signal });
  await until('its cgroups', () => ownCgroups().length > 0);
  controller.abort(new Error('enough'));
  const heard = await grading.catch((error: Error) => error.message);
  assert.equal([heard, leftoversOf(new Set([process.pid]))], ['enough', NONE]);
});

kernelTest(test, needs, 'interrupted, and a cgroup cannot be removed: that is said instead', async () => {
  const controller = new AbortController();
  const grading = gradeText(await exercise('1a'), ENDLESS, { timeout, signal: controller.signal });
  const heard = grading.then(
    ({ status }) => status,
    (error: Error) => error.message,
  );
  const inner = await until('the inner cgroup', () =>
    ownCgroups()
      .map((directory) => join(directory, 'sandbox'))
      .find((directory) => existsSync(directory)),
  );
  // What is mounted on cannot be removed: rmdir(2), EBUSY.
  execFileSync('mount', ['--bind', inner, inner]);
  onTestEnd(() => {
    execFileSync('umount', [inner]);
    for (const directory of [inner, join(inner, '..')]) rmdirSync(directory);
  });
  controller.abort(new Error('enough'));
  assert.match(await heard, /^Not all could be cleaned up.*container-lab-/s);
});

kernelTest(test, [root, program('unshare')], 'where sandboxes are refused, no descriptor is left open', () => {
  const script = 'echo 0 >/proc/sys/user/max_user_namespaces && exec "$0" --import tsx test/support/grade-refused.ts';
  const { stdout, stderr } = spawnSync('unshare', ['--user', '--map-root-user', 'sh', '-c', script, process.execPath], {
    cwd: top,
    encoding: 'utf8',
    timeout: patience(30_000),
  });
  assert.is(stderr, '');
  const { statuses, descriptors } = JSON.parse(stdout);
  assert.equal([...new Set(statuses)], ['not run']);
  // The first opens what the process needs from then on.
  assert.equal([...new Set(descriptors.slice(1))].length, 1, String(descriptors));
});

test.run();
