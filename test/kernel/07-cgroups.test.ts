/** Step 7: limits that the kernel keeps, and counters that prove it; v1 or v2, as the machine has them. */
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Controller, controller, countIn, diskOf, fileIn, groupOf, onDisk } from '../support/cgroup-files.ts';
import { type Container, startContainer } from '../support/container.ts';
import { kernelTest, onTestEnd, until } from '../support/kernel-test.ts';
import { lab, ownCgroups, read, statFields, top } from '../support/lab.ts';
import { canRun, type Need, otherUsers, program } from '../support/needs.ts';

const test = suite('step 7');
const needs = (...controllers: Controller[]): Need[] => [canRun(7), ...controllers.map(controller)];

const MIB = 2 ** 20;
const twoCpus: Need = () => (availableParallelism() > 1 ? undefined : 'needs two CPUs');

const membersOf = (directory: string) => read(join(directory, 'cgroup.procs')).trim().split('\n').map(Number);
const childrenOf = (pid: number) =>
  read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
const allowedCpus = (pid: number) => /^Cpus_allowed_list:\s*(.*)$/m.exec(read(`/proc/${pid}/status`))?.[1];

/** The cgroup that the run has made, and nobody else has. */
function ownGroup(container: Container, name: Controller) {
  const group = groupOf(container.pid, name);
  const owner = /(?:^|\0)CONTAINER_LAB=([^\0]*)/.exec(read(`/proc/${container.pid}/environ`))?.[1];
  assert.is(basename(group.directory), owner, group.directory);
  assert.ok(membersOf(group.directory).includes(container.pid));
  assert.is.not(groupOf(container.started, name).directory, group.directory, 'the kit is not in it');
  return group;
}

kernelTest(test, needs('memory'), '--memory: the limit is set, and what goes beyond is killed', async () => {
  const container = await startContainer(['7', '--memory', '64m']);
  const group = ownGroup(container, 'memory');
  assert.is(Number(fileIn(group, 'memory.limit_in_bytes', 'memory.max')), 64 * MIB);
  const kills = () => countIn(group, ['memory.oom_control', 'oom_kill'], ['memory.events', 'oom_kill']);
  assert.is(kills(), 0);
  // tail keeps a line until it ends, and this one does not.
  const { status } = await container.run('head -c 200m /dev/zero | tail');
  assert.is(status, 128 + 9);
  assert.ok(kills() >= 1);
  if (group.version === 1) {
    const peak = Number(fileIn(group, 'memory.max_usage_in_bytes', 'memory.peak'));
    assert.ok(peak <= 64 * MIB && peak > 32 * MIB, `peak ${peak}`);
  }
  assert.is(await container.output('head -c 20m /dev/zero | tail | wc -c'), String(20 * MIB), 'less than that goes on');
  assert.is(await container.end(), 0);
  assert.not.ok(existsSync(group.directory));
});

kernelTest(test, needs('memory'), 'a program that is killed for its memory alone ends the run with 137', () => {
  const script = 'x=x; while :; do x=$x$x; done';
  const { status, stderr } = lab(['step', '7', '--memory', '32m', '--', 'sh', '-c', script]);
  assert.is(status, 128 + 9);
  assert.match(stderr, /OOM kills [1-9]/);
});

kernelTest(test, needs('cpu'), '--cpus: a busy loop is throttled', async () => {
  const container = await startContainer(['7', '--cpus', '0.2']);
  const group = ownGroup(container, 'cpu');
  if (group.version === 1) {
    assert.is(fileIn(group, 'cpu.cfs_quota_us', ''), '20000');
    assert.is(fileIn(group, 'cpu.cfs_period_us', ''), '100000');
  } else assert.is(fileIn(group, '', 'cpu.max'), '20000 100000');
  const throttled = () => countIn(group, ['cpu.stat', 'nr_throttled'], ['cpu.stat', 'nr_throttled']);
  const before = throttled();
  await container.run('while :; do :; done & true');
  const [loop = 0] = childrenOf(container.pid);
  const ticks = () =>
    statFields(loop)
      .slice(13, 15)
      .map(Number)
      .reduce((sum, time) => sum + time);
  const [start, used] = [performance.now(), ticks()];
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const seconds = (performance.now() - start) / 1000;
  assert.ok(throttled() - before >= 3, `throttled ${throttled() - before} times`);
  // In hundredths of a second; a period's worth more, for where the measurement begins and ends.
  assert.ok((ticks() - used) / 100 <= 0.2 * seconds + 0.1, `${ticks() - used} ticks in ${seconds} s`);
  await container.end();
  assert.not.ok(existsSync(group.directory));
});

kernelTest(test, needs('cpu'), '--cpu-shares: the weight is set', async () => {
  const container = await startContainer(['7', '--cpu-shares', '512']);
  assert.is(
    fileIn(ownGroup(container, 'cpu'), 'cpu.shares', 'cpu.weight'),
    ownGroup(container, 'cpu').version === 1 ? '512' : '59',
  );
  await container.end();
});

kernelTest(test, [...needs('cpu', 'cpuset'), twoCpus], '--cpu-shares: 512 against 1024 on one CPU', async () => {
  const words = ['7', '--cpuset-cpus', '0', '--cpu-shares'];
  const [light, heavy] = [await startContainer([...words, '512']), await startContainer([...words, '1024'])];
  await light.run('while :; do :; done & true');
  await heavy.run('while :; do :; done & true');
  const ticks = ({ pid }: Container) => Number(statFields(childrenOf(pid)[0] ?? 0)[13]);
  const [less, more] = [ticks(light), ticks(heavy)];
  // By the kernel's rule, whoever else wants that CPU.
  await until('three seconds of CPU time', () => ticks(light) + ticks(heavy) > less + more + 300, 45_000);
  const ratio = (ticks(heavy) - more) / (ticks(light) - less);
  // In v2 the weights are 100 and 59.
  const rule = groupOf(light.pid, 'cpu').version === 1 ? 1024 / 512 : 100 / 59;
  console.log(`  ${ratio.toFixed(2)} to 1; by the weights it is ${rule.toFixed(2)} to 1`);
  assert.ok(Math.abs(ratio / rule - 1) < 0.2, `${ratio} to 1`);
  await Promise.all([light.end(), heavy.end()]);
});

kernelTest(
  test,
  [...needs('cpuset'), twoCpus],
  '--cpuset-cpus: every process inside is kept to these CPUs',
  async () => {
    const cpu = String(availableParallelism() - 1);
    const container = await startContainer(['7', '--cpuset-cpus', cpu]);
    const group = ownGroup(container, 'cpuset');
    assert.is(fileIn(group, 'cpuset.cpus', 'cpuset.cpus.effective'), cpu);
    assert.is.not(allowedCpus(process.pid), cpu);
    assert.is(allowedCpus(container.pid), cpu);
    await container.run('while :; do :; done & while :; do :; done & true');
    const loops = childrenOf(container.pid);
    assert.equal(loops.map(allowedCpus), [cpu, cpu]);
    // Field 39: the CPU that it ran on last.
    assert.equal(
      loops.map((pid) => statFields(pid)[38]),
      [cpu, cpu],
    );
    await container.run(`taskset -p -c 0 $$`);
    assert.is(allowedCpus(container.pid), cpu, 'nor can it leave them');
    await container.end();
    assert.not.ok(existsSync(group.directory));
  },
);

kernelTest(test, needs('pids'), '--pids: forks beyond the limit are refused, and counted', async () => {
  const container = await startContainer(['7', '--pids', '8']);
  const group = ownGroup(container, 'pids');
  assert.is(fileIn(group, 'pids.max', 'pids.max'), '8');
  const refused = () => countIn(group, ['pids.events', 'max'], ['pids.events', 'max']);
  assert.is(refused(), 0);
  const { status } = await container.run('(for i in 1 2 3 4 5 6 7 8 9 10; do sleep 60 & done)');
  assert.is.not(status, 0);
  assert.ok(refused() >= 1);
  assert.ok(membersOf(group.directory).length <= 8);
  assert.ok(membersOf(group.directory).length > 4, 'up to the limit they were allowed');
  const members = membersOf(group.directory);
  assert.is(await container.end(), 0);
  assert.equal(members.flatMap(statFields), []);
  assert.not.ok(existsSync(group.directory));
});

kernelTest(
  test,
  [otherUsers, ...needs('io'), onDisk(top)],
  '--device-write-bps: the disk takes no more than that',
  async () => {
    const directory = mkdtempSync(join(top, '.kernel-test-'));
    onTestEnd(() => rmSync(directory, { recursive: true, force: true }));
    chmodSync(directory, 0o777);
    const disk = diskOf(top);
    const container = await startContainer(['7', '--device-write-bps', '1mb']);
    const group = ownGroup(container, 'io');
    const setting = fileIn(group, 'blkio.throttle.write_bps_device', 'io.max');
    if (group.version === 1) assert.is(setting, `${disk} ${MIB}`);
    else assert.match(setting, new RegExp(`^${disk} .*wbps=${MIB}\\b`));

    const start = performance.now();
    await container.output(`dd if=/dev/zero of=${directory}/file bs=256k count=12 oflag=direct 2>&1`);
    const seconds = (performance.now() - start) / 1000;
    assert.is(statSync(join(directory, 'file')).size, 3 * MIB);
    const written =
      group.version === 1
        ? countIn(group, ['blkio.throttle.io_service_bytes', `${disk} Write`], ['', ''])
        : Number(new RegExp(`^${disk} .*wbytes=(\\d+)`, 'm').exec(fileIn(group, '', 'io.stat'))?.[1]);
    assert.ok(written >= 3 * MIB, `${written} bytes went by this cgroup`);
    assert.ok(seconds > 1.5, `3 MiB in ${seconds} s`);
    await container.end();
    assert.not.ok(existsSync(group.directory));
  },
);

kernelTest(
  test,
  [...needs('memory', 'cpu', 'pids'), onDisk(top)],
  'all limits at once, in step 8 as well',
  async () => {
    const limits = [
      '--memory=100m',
      '--cpus=0.5',
      '--cpu-shares=256',
      '--cpuset-cpus=0',
      '--pids=50',
      '--device-write-bps=2m',
    ];
    for (const step of ['7', '8']) {
      const container = await startContainer([step, ...limits]);
      assert.is(Number(fileIn(ownGroup(container, 'memory'), 'memory.limit_in_bytes', 'memory.max')), 100 * MIB);
      assert.match(fileIn(ownGroup(container, 'cpu'), 'cpu.cfs_quota_us', 'cpu.max'), /^50000\b/);
      assert.is(fileIn(ownGroup(container, 'pids'), 'pids.max', 'pids.max'), '50');
      assert.is(allowedCpus(container.pid), '0');
      assert.match(fileIn(ownGroup(container, 'io'), 'blkio.throttle.write_bps_device', 'io.max'), String(2 * MIB));
      assert.is.not(ownCgroups().length, 0);
      assert.is(await container.end(), 0);
      assert.equal(ownCgroups(), []);
    }
  },
);

kernelTest(test, needs('memory', 'cpuset'), 'without options: 512 MiB, and the first two CPUs', async () => {
  const container = await startContainer(['7']);
  assert.is(Number(fileIn(ownGroup(container, 'memory'), 'memory.limit_in_bytes', 'memory.max')), 512 * MIB);
  const cpus = fileIn(ownGroup(container, 'cpuset'), 'cpuset.cpus', 'cpuset.cpus');
  assert.is(cpus.replace('-', ','), availableParallelism() > 1 ? '0,1' : '0');
  await container.end();
});

kernelTest(
  test,
  [...needs('cpuset'), twoCpus],
  'the classic experiment: four busy loops on one CPU, then a shell',
  async () => {
    const cpu = String(availableParallelism() - 1);
    const { status, stdout } = lab(['step', '7', '--cpuset-cpus', cpu], { input: 'echo a shell: $0; exit 3\n' });
    assert.is(status, 3);
    assert.match(stdout, `CPUs ${cpu}.`);
    assert.match(stdout, /^cpu\d+ \d+ % busy$/m);
    assert.match(stdout, /^a shell: .*sh$/m);
  },
);

kernelTest(test, needs('pids'), 'a container inside a container’s cgroup cannot leave its limit', async () => {
  const container = await startContainer(['7', '--pids', '20']);
  const group = ownGroup(container, 'pids');
  await container.run('unshare --pid --fork --mount --net sleep 60 & true');
  await until('sh, unshare and sleep are in', () => membersOf(group.directory).length === 3);
  await container.run(`echo 1000 >${group.directory}/pids.max`);
  assert.is(fileIn(group, 'pids.max', 'pids.max'), '20', 'root inside has no say');
  await container.end();
});

kernelTest(
  test,
  [...needs('memory', 'pids'), program('unshare')],
  'a controller that the machine lacks is named, and the rest is done',
  async () => {
    // In a mount table of its own, the machine is one without that hierarchy.
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8')
      .split('\n')
      .filter((line) => / - cgroup2? /.test(line));
    const v1 = mounts.find((line) => / - cgroup .*\bpids\b/.test(line));
    const hidden = (v1 ? [v1] : mounts).map((line) => line.split(' ')[4]).reverse();
    const wrap = ['unshare', '--mount', 'sh', '-c', `umount ${hidden.join(' ')} && exec "$@"`, 'wrapper'];
    const container = await startContainer(['7', '--pids', '10', '--memory', '100m'], { wrap });
    assert.match(container.narration, /^(\w+, )*pids(, \w+)*: /m);
    assert.is(groupOf(container.pid, 'pids').directory, groupOf('self', 'pids').directory);
    if (v1) assert.is(Number(fileIn(ownGroup(container, 'memory'), 'memory.limit_in_bytes', 'memory.max')), 100 * MIB);
    assert.is(await container.end(), 0);
  },
);

test.run();
