/**
 * Plans for machines that this one is not: directories that look like cgroups
 * stand in for theirs, and a mountinfo that says so.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planControlGroup } from '../../src/cgroups/control-group.ts';
import type { Machine } from '../../src/cgroups/machine.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { pathWrittenBy } from '../../src/syscalls/files.ts';

const NAME = 'container-lab-00000000-1-2-3-4';
const ALL = 'cpuset cpu io memory pids';

const test = suite<{ top: string }>('planning');
test.before.each((context) => {
  context.top = mkdtempSync(join(tmpdir(), 'cgroups-'));
});
test.after.each(({ top }) => rmSync(top, { recursive: true }));

/** A directory with files like those of a cgroup. */
function cgroup(directory: string, files: Record<string, string>): void {
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries({ 'cgroup.procs': '', ...files }))
    writeFileSync(join(directory, name), text);
}

function v2(directory: string, controllers: string, handedOut: string, files: Record<string, string> = {}): void {
  const limits = Object.fromEntries(
    ['memory.max', 'memory.swap.max', 'cpu.max', 'cpu.weight', 'pids.max', 'cpuset.cpus'].map((file) => [file, '']),
  );
  cgroup(directory, {
    ...limits,
    'cgroup.type': 'domain',
    'cgroup.controllers': controllers,
    'cgroup.subtree_control': handedOut,
    ...files,
  });
}

function v2Top(directory: string, controllers: string, handedOut: string): void {
  cgroup(directory, { 'cgroup.controllers': controllers, 'cgroup.subtree_control': handedOut, 'cgroup.procs': '1' });
}

function unified(top: string, own: string, facts: Partial<Machine> = {}): Partial<Machine> {
  return {
    mountinfo: `30 23 0:26 / ${top} rw - cgroup2 cgroup2 rw`,
    cgroup: `0::${own}`,
    rootless: false,
    swaps: '',
    canWrite: () => true,
    ...facts,
  };
}

/** `mkdir PATH` and `PATH = TEXT`, with the paths relative to the top. */
function summary(calls: readonly Call[], top: string): string[] {
  return calls.flatMap((call) => {
    const path = pathWrittenBy(call);
    if (path !== undefined) return `${path.replace(top, '')} = ${call.args[1]}`;
    return call.info.name === 'mkdirat' ? `mkdir ${String(call.args[1]).replace(top, '')}` : [];
  });
}

test('v2: the nearest cgroup above that hands out what is needed, with nothing to enable', ({ top }) => {
  v2Top(top, ALL, ALL);
  v2(join(top, 'user'), ALL, 'memory pids');
  v2(join(top, 'user/session'), 'memory pids', '', { 'cgroup.procs': '7' });
  const group = planControlGroup({ memory: 4096, pids: 8 }, NAME, unified(top, '/user/session'));
  assert.equal(group.missing, []);
  assert.equal(summary(group.create, top), [
    `mkdir /user/${NAME}`,
    `/user/${NAME}/memory.max = 4096`,
    `/user/${NAME}/memory.swap.max = 0`,
    `/user/${NAME}/pids.max = 8`,
  ]);
  assert.equal(summary(group.join(42), top), [`/user/${NAME}/cgroup.procs = 42`]);
  assert.equal(group.directories, [join(top, 'user', NAME)]);
});

test('v2: at the top only what is needed is enabled, although there are processes', ({ top }) => {
  v2Top(top, ALL, 'memory');
  const group = planControlGroup(
    { memory: 4096, cpus: 0.5, cpuShares: 1024, cpusetCpus: '0' },
    NAME,
    unified(top, '/'),
  );
  assert.equal(summary(group.create, top), [
    `mkdir /${NAME}`,
    '/cgroup.subtree_control = +cpuset +cpu',
    `/${NAME}/memory.max = 4096`,
    `/${NAME}/cpu.max = 50000 100000`,
    `/${NAME}/cpu.weight = 100`,
    `/${NAME}/cpuset.cpus = 0`,
  ]);
});

test('v2: an empty cgroup above may be changed, one with processes may not', ({ top }) => {
  v2Top(top, ALL, 'cpu memory pids');
  v2(join(top, 'a'), 'cpu memory pids', '');
  v2(join(top, 'a/b'), '', '', { 'cgroup.procs': '7' });
  const rootless = { rootless: true, canWrite: (path: string) => path !== top };
  const inEmpty = planControlGroup({ pids: 8 }, NAME, unified(top, '/a/b', rootless));
  assert.equal(summary(inEmpty.create, top), [
    `mkdir /a/${NAME}`,
    '/a/cgroup.subtree_control = +pids',
    `/a/${NAME}/pids.max = 8`,
  ]);
  writeFileSync(join(top, 'a/cgroup.procs'), '1');
  const inBusy = planControlGroup({ pids: 8 }, NAME, unified(top, '/a/b', rootless));
  assert.equal(inBusy.create, []);
  assert.match(inBusy.missing.join(), /^pids: this controller is not handed down to .*Run with sudo/);
});

test('v2: our own processes make room in a leaf, a stranger does not', ({ top }) => {
  v2Top(top, ALL, ALL);
  v2(join(top, 'scope'), ALL, '', { 'cgroup.procs': `${process.pid}` });
  const rootless = { rootless: true, canWrite: (path: string) => path.startsWith(join(top, 'scope')) };
  const group = planControlGroup({ pids: 8 }, NAME, unified(top, '/scope', rootless));
  assert.equal(summary(group.create, top), [
    `mkdir /scope/${NAME}`,
    'mkdir /scope/container-lab-00000000-1-2-3',
    `/scope/container-lab-00000000-1-2-3/cgroup.procs = ${process.pid}`,
    '/scope/cgroup.subtree_control = +pids',
    `/scope/${NAME}/pids.max = 8`,
  ]);
  writeFileSync(join(top, 'scope/cgroup.procs'), `${process.pid}\n0\n`);
  const refused = planControlGroup({ pids: 8 }, NAME, unified(top, '/scope', rootless));
  assert.equal(refused.create, []);
  assert.equal(refused.missing, [
    `pids: ${top}/scope cannot hand out this controller while it has processes that are not this run's own.`,
  ]);
});

test('no delegated cgroup: one line for all limits, with the command that gets one', async ({ top }) => {
  v2Top(top, ALL, ALL);
  const group = planControlGroup(
    { memory: 4096, cpus: 1, pids: 8 },
    NAME,
    unified(top, '/', { rootless: true, canWrite: () => false }),
  );
  assert.is(group.missing.length, 1);
  assert.match(
    group.missing[0] ?? '',
    /^memory, cpu, pids: this user has no delegated cgroup\. Get one with `systemd-run --user/,
  );
  assert.equal([group.create, group.directories, group.join(1), group.report()], [[], [], [], []]);
  await group.remove();
});

test('a controller that the machine lacks gets a line with its name, and the others work', ({ top }) => {
  v2Top(top, 'cpu pids', 'cpu pids');
  const group = planControlGroup({ memory: 4096, pids: 8, cpusetCpus: '0' }, NAME, unified(top, '/'));
  assert.is(group.missing.length, 2);
  assert.match(group.missing[0] ?? '', /^memory: this machine has no memory controller/);
  assert.match(group.missing[1] ?? '', /^cpuset: this machine has no cpuset controller/);
  assert.equal(summary(group.create, top), [`mkdir /${NAME}`, `/${NAME}/pids.max = 8`]);
});

test('a setting that this kernel lacks is named', ({ top }) => {
  v2Top(top, ALL, ALL);
  v2(join(top, 'a'), ALL, ALL);
  rmSync(join(top, 'a/cpu.max'));
  const group = planControlGroup({ cpus: 1 }, NAME, unified(top, '/a'));
  assert.equal(group.missing, ['cpu: this kernel has the controller, but not its cpu.max.']);
});

test('CPUs that the cgroup above does not have are refused', ({ top }) => {
  v2Top(top, ALL, ALL);
  v2(join(top, 'a'), ALL, ALL, { 'cpuset.cpus.effective': '0-1' });
  const group = planControlGroup({ cpusetCpus: '1-2' }, NAME, unified(top, '/a'));
  assert.equal(group.missing, [`cpuset: CPUs 1-2 were asked for, and ${join(top, 'a')} has only 0-1.`]);
});

test('v1: one cgroup in each hierarchy, mems before cpus, and memory before memory with swap', ({ top }) => {
  cgroup(join(top, 'memory/own'), { 'memory.limit_in_bytes': '', 'memory.memsw.limit_in_bytes': '' });
  cgroup(join(top, 'cpu,cpuacct'), {
    release_agent: '',
    'cpu.cfs_period_us': '',
    'cpu.cfs_quota_us': '',
    'cpu.shares': '',
  });
  cgroup(join(top, 'cpuset'), {
    'cpuset.cpus': '',
    'cpuset.mems': '',
    'cpuset.effective_mems': '0-1\n',
    'cpuset.effective_cpus': '0-3\n',
  });
  cgroup(join(top, 'pids'), { release_agent: '' });
  const mountinfo = ['memory', 'cpu,cpuacct', 'cpuset', 'pids'].map(
    (name) => `1 2 0:3 / ${join(top, name)} rw - cgroup cgroup rw,${name}`,
  );
  const cgroupText = '4:memory:/own\n3:cpu,cpuacct:/\n2:cpuset:/\n1:pids:/\n';
  const limits = { memory: 4096, cpus: 0.2, cpuShares: 512, cpusetCpus: '3', pids: 8, deviceWriteBps: 1 };
  const group = planControlGroup(
    limits,
    NAME,
    unified(top, '/', { mountinfo: mountinfo.join('\n'), cgroup: cgroupText }),
  );
  assert.equal(summary(group.create, top), [
    `mkdir /memory/own/${NAME}`,
    `/memory/own/${NAME}/memory.limit_in_bytes = 4096`,
    `/memory/own/${NAME}/memory.memsw.limit_in_bytes = 4096`,
    `mkdir /cpu,cpuacct/${NAME}`,
    `/cpu,cpuacct/${NAME}/cpu.cfs_period_us = 100000`,
    `/cpu,cpuacct/${NAME}/cpu.cfs_quota_us = 20000`,
    `/cpu,cpuacct/${NAME}/cpu.shares = 512`,
    `mkdir /cpuset/${NAME}`,
    `/cpuset/${NAME}/cpuset.mems = 0-1`,
    `/cpuset/${NAME}/cpuset.cpus = 3`,
    `mkdir /pids/${NAME}`,
    `/pids/${NAME}/pids.max = 8`,
  ]);
  assert.match(group.missing.join(), /^io: this machine has no io controller/);
});

test('the report reads what there is, and leaves out what a kernel does not count', ({ top }) => {
  v2Top(top, ALL, ALL);
  const group = planControlGroup({ memory: 2 ** 20, cpus: 0.5, pids: 8 }, NAME, unified(top, '/'));
  cgroup(join(top, NAME), {
    'memory.peak': '1048576\n',
    'memory.events': 'low 0\nmax 9\noom 1\noom_kill 1\n',
    'cpu.stat': 'usage_usec 5\nnr_periods 10\nnr_throttled 4\nthrottled_usec 250000\n',
    'pids.events': 'max 3\n',
  });
  assert.equal(group.report(), [
    'memory: peak 1.0 MiB of 1.0 MiB (memory.peak), OOM kills 1 (memory.events)',
    'cpu: throttled in 4 of 10 periods of 100 ms, for 0.25 s over all CPUs (cpu.stat)',
    'pids: refused 3 (pids.events)',
  ]);
});

test.run();
