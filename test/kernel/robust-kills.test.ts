/** The parent is killed at random moments, by a signal that it can answer and by one that it cannot. */
import { spawnSync } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { lab, read, top } from '../support/lab.ts';
import { hostView, leftoversOf, linksOf, lostLinks, NONE, processesOf, unmarkedLinks } from '../support/leftovers.ts';
import { eventually, many, type Running, start } from '../support/many.ts';
import { root, testWith } from '../support/needs.ts';

const RUNS = 200;
/** How long the kernel may take to end what belonged to a killed process. */
const PATIENCE_MS = 10_000;
const START_MS = 30_000;

const PROGRAM = ['--pids', '100', '--', 'sleep', '1000'];
/** The step with all that a run can leave, and with all that it can mount. */
const STEP = ['step', '9', '--read-only', '--tmpfs', '/tmp', '-v', `${top}:/mnt:ro`];
const TRACED = [...STEP, '--trace=json', ...PROGRAM];
const PLAIN = [...STEP, '--quiet', ...PROGRAM];

/** What a run takes here and now until its program runs, with as many side by side, in milliseconds. */
let usual = 0;

async function measure(): Promise<void> {
  await ensureImage('host');
  const times = await many(8, async () => {
    const begin = performance.now();
    const running = start(TRACED);
    await eventually(() => running.said().includes('"call":"execve"'), START_MS);
    const time = performance.now() - begin;
    running.process.kill('SIGTERM');
    await running.ended;
    return time;
  });
  usual = times.sort((a, b) => a - b)[4] ?? 0;
  console.log(`a run takes ${Math.round(usual)} ms until its program runs`);
}

test.before(async () => {
  if (root() === undefined) await measure();
});

/** Half of the moments lie anywhere in a run and a while after, half where it makes things. */
async function waitForMoment(running: Running, index: number): Promise<void> {
  if (index % 2 === 0) {
    await sleep(Math.random() * usual * 1.1);
  } else {
    await eventually(() => begun(running), START_MS);
    await sleep(Math.random() * usual * 0.15);
  }
}

/** Whether it has made its first call: it says so, or there is a pipe for the checkpoint. */
function begun({ said, pid }: Running): boolean {
  return said() !== '' || childOf(pid) !== undefined || linksOf(new Set([pid])).length > 0;
}

function childOf(pid: number): number | undefined {
  return Number(read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').at(-1)) || undefined;
}

/** How far a run has come, as its trace tells, or else its child. */
function phaseOf({ said, pid }: Running, words: readonly string[]): string {
  const text = said();
  if (words === PLAIN) {
    const child = childOf(pid);
    if (child === undefined) return linksOf(new Set([pid])).length > 0 ? 'cable, no child yet' : 'no child yet';
    return read(`/proc/${child}/comm`).trim() === 'sleep' ? 'the program runs' : 'a child walks its list';
  }
  if (text.includes('"call":"wait4"') || text.includes('"call":"execve"')) return 'the program runs';
  if (/"text":"write\(\d+, \\"\.\\"/.test(text)) return 'the child is released';
  if (text.includes('"text":"clone(CLONE_NEWUTS')) return 'the child waits, the parent prepares';
  if (text.includes('"call":"mkdirat"')) return 'the cgroup is made';
  if (text.includes('RTM_NEWLINK')) return 'the cable is made';
  if (text !== '') return 'the image is opened';
  return 'Node starts';
}

function tally(words: readonly (string | number)[]): string {
  const counts = new Map<string | number, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts]
    .map(([word, count]) => `${count} × ${word}`)
    .sort()
    .join(', ');
}

function clean(): string {
  const { status, stdout, stderr } = lab(['clean']);
  assert.is(status, 0, stderr);
  return stdout;
}

testWith(test, [root], `${RUNS} runs of step 9, the parent killed by SIGKILL at random moments`, async () => {
  const before = hostView();
  const unmarked = unmarkedLinks();
  const runs = await many(RUNS, async (index) => {
    const words = index % 4 < 2 ? TRACED : PLAIN;
    const running = start(words);
    await waitForMoment(running, index);
    const plain = words === PLAIN ? phaseOf(running, words) : undefined;
    running.process.kill('SIGKILL');
    assert.is(await running.ended, 'SIGKILL');
    await sleep(5); // for what is still in the pipe
    return { pid: running.pid, phase: plain ? `${plain} (untraced)` : phaseOf(running, words) };
  });
  console.log(tally(runs.map(({ phase }) => phase)));
  const pids = new Set(runs.map(({ pid }) => pid));

  // What the kernel does by itself: everything but what only a name keeps track of.
  assert.ok(await eventually(() => processesOf(pids).length === 0, PATIENCE_MS), processesOf(pids).join('\n'));
  await eventually(() => linksOf(pids).length === 0, 1000);
  const { links, cgroups, temporary } = leftoversOf(pids);
  console.log(`left for clean: ${cgroups.length} cgroups, ${links.length} links`);
  assert.equal(temporary, []);
  assert.is(hostView(), before);

  clean();
  assert.equal(leftoversOf(pids), NONE);
  const lost = await lostLinks(unmarked, 2000);
  console.log(`links that clean does not know: ${lost.length}`);
  for (const name of lost) spawnSync('ip', ['link', 'delete', name]);
  assert.equal(lost, []);
});

for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) {
  testWith(test, [root], `${signal} to the parent at random moments: nothing is left, without any clean`, async () => {
    const numbers = { SIGTERM: 143, SIGINT: 130, SIGHUP: 129, SIGQUIT: 131 };
    const before = hostView();
    const runs = await many(signal === 'SIGTERM' ? 16 : 8, async (index) => {
      const running = start(index % 4 < 2 ? TRACED : PLAIN);
      await waitForMoment(running, index);
      running.process.kill(signal);
      return { pid: running.pid, end: await running.ended, said: running.said() };
    });
    console.log(tally(runs.map(({ end }) => end)));
    // Before there is a handler there is nothing to undo, either.
    for (const { end, said } of runs) assert.ok(end === signal || end === numbers[signal], `${end}\n${said}`);
    assert.ok(runs.some(({ end }) => end === numbers[signal]));
    const pids = new Set(runs.map(({ pid }) => pid));
    assert.equal(leftoversOf(pids), NONE);
    assert.is(hostView(), before);
  });
}

testWith(test, [root], 'signals that come in a shower end a run once, and nothing is left', async () => {
  const runs = await many(8, async () => {
    const running = start(TRACED);
    await eventually(() => running.said().includes('"call":"clone"'), START_MS);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGTERM', 'SIGINT'] as const) {
      running.process.kill(signal);
      await sleep(Math.random() * 20);
    }
    return { pid: running.pid, end: await running.ended };
  });
  for (const { end } of runs) assert.ok([143, 130, 129].includes(Number(end)), String(end));
  assert.equal(leftoversOf(new Set(runs.map(({ pid }) => pid))), NONE);
});

testWith(test, [root], 'clean leaves alone what belongs to a run that lives', async () => {
  const running = start(TRACED);
  try {
    assert.ok(await eventually(() => running.said().includes('"call":"execve"'), START_MS), running.said());
    const pids = new Set([running.pid]);
    const before = leftoversOf(pids);
    assert.ok(before.links.length > 0 && before.processes.length > 0);
    clean();
    assert.equal(leftoversOf(pids), before);
  } finally {
    running.process.kill('SIGTERM');
    await running.ended;
  }
  assert.equal(leftoversOf(new Set([running.pid])), NONE);
});

test.run();
