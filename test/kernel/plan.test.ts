/** `--plan` prints the calls that a run makes, of both sides, and makes none of them. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { lab, launcher, read, top } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';
import { numbersOf } from '../support/steps.ts';

/** What changes something, and is made by nobody but a run. */
const CHANGING = 'clone,sethostname,mount,umount2,pivot_root,unshare,setns,open_tree,move_mount,mount_setattr,bind';

const test = suite('plan');

test.before(async () => {
  await ensureImage('host');
});

/** Without what differs from run to run: numbers, and what the kernel has filled in. */
const alike = (text: string) =>
  text
    .replace(/ in \d+$/, '')
    .replace(/^recvfrom\((\d+), .*(, \d+, \d+, NULL, NULL)\)/, 'recvfrom($1, …$2)')
    .replace(/<\d+ bytes>|"\."|\[\{WIF[^\]]*\]/, '…')
    .replace(/container-lab-[0-9a-f-]+/g, 'OWNER')
    .replace(/\d+/g, 'N');

interface Made {
  readonly side: 'parent' | 'child';
  readonly text: string;
}

/** The calls alone: below some stands what their structures hold. */
function planned(stdout: string): Made[] {
  const lines = stdout.split('\n').filter((line) => /^ *\w+\(/.test(line));
  return lines.map((line) => ({ side: line.startsWith('  ') ? 'child' : 'parent', text: alike(line.trim()) }));
}

/** What a run has made, up to the end of its last child, and one child after the other. */
function made(stderr: string): Made[] {
  const calls = stderr
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as { side: 'parent' | 'child'; pid: number; call?: string; text: string })
    .filter(({ call }) => call !== undefined);
  const last = calls.findLastIndex(({ call }) => call === 'wait4');
  return calls
    .filter(({ side }, index) => side === 'child' || index <= last)
    .toSorted((a, b) => a.pid - b.pid)
    .map(({ side, text }) => ({ side, text: alike(text) }));
}

/** Of one side. The helper that only holds id maps can be gone before it waits for that. */
const of = (side: Made['side'], calls: readonly Made[]) =>
  calls.filter((call) => call.side === side && !call.text.startsWith('ppoll'));

for (const number of numbersOf()) {
  kernelTest(test, [canRun(number)], `step ${number}: what is planned is what is made`, () => {
    const words = numbersOf('mounts').includes(number)
      ? ['--read-only', '--tmpfs', '/tmp', '-v', `${temporaryDirectory()}:/mnt:ro`]
      : [];
    const plan = lab(['step', String(number), '--plan', ...words, '--', 'true']);
    const run = lab(['step', String(number), '--quiet', '--trace=json', ...words, '--', 'true']);
    assert.equal([plan.status, run.status], [0, 0], plan.stderr + run.stderr);
    assert.is(plan.stderr, 'None of this is done. Numbers of processes and descriptors are examples.\n');
    for (const side of ['parent', 'child'] as const) {
      assert.equal(of(side, planned(plan.stdout)), of(side, made(run.stderr)), side);
    }
  });
}

kernelTest(test, [canRun(9), program('strace')], 'nothing of it is made', () => {
  const trace = join(temporaryDirectory(), 'trace');
  const strace = ['-f', '-qq', '-o', trace, '-e', `trace=${CHANGING}`, process.execPath, launcher];
  const { stdout } = spawnSync('strace', [...strace, 'step', '9', '--plan', 'true'], { cwd: top, encoding: 'utf8' });
  assert.match(stdout, 'pivot_root(".", ".")');
  assert.not.match(read(trace), new RegExp(`CLONE_NEW|\\b(${CHANGING.replace('clone,', '').replaceAll(',', '|')})\\(`));
});

test.run();
