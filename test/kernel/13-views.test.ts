/** Step 13: what the container sees of cgroups and clocks is its own, and it can stand still. */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readlinkSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { planControlGroup } from '../../src/cgroups/control-group.ts';
import { mountsOf } from '../../src/cgroups/mounts.ts';
import { Child } from '../../src/executor/child.ts';
import { CallFailure } from '../../src/executor/failure.ts';
import { perform } from '../../src/executor/perform.ts';
import { freeze, freezerOf, thaw } from '../../src/leftovers/freezer.ts';
import { newOwnerName } from '../../src/leftovers/owner.ts';
import { processesIn } from '../../src/proc/cgroup-files.ts';
import { parseOffsets } from '../../src/proc/clocks.ts';
import { parseMemberships } from '../../src/proc/memberships.ts';
import { mountOf, parseMountinfo } from '../../src/proc/mountinfo.ts';
import { close, openat, writeFile } from '../../src/syscalls/files.ts';
import { CLONE_NEWPID, CLONE_NEWTIME, CLONE_NEWUSER, O_RDONLY } from '../../src/syscalls/flags.ts';
import { setns, unshare } from '../../src/syscalls/namespaces.ts';
import { cloneCall, execve, exit, wait4 } from '../../src/syscalls/processes.ts';
import { type Container, type ContainerOptions, startContainer } from '../support/container.ts';
import { kernelTest, onTestEnd, until, within } from '../support/kernel-test.ts';
import { findProcess, lab, launcher, ownCgroups, read, statFields, top } from '../support/lab.ts';
import { leftoversOf, NONE } from '../support/leftovers.ts';
import { eventually, many, start as startRun } from '../support/many.ts';
import { canRun } from '../support/needs.ts';

const test = suite('step 13');
const needs = [canRun(13)];

const start = (words: readonly string[] = [], { env, ...rest }: ContainerOptions = {}) =>
  startContainer(['13', ...words], { env: { SUDO_UID: '', SUDO_GID: '', ...env }, ...rest });

/** The cgroups of a process, as directories. */
function groupsOf(pid: number): string[] {
  const mounts = parseMountinfo(read('/proc/self/mountinfo')).filter(({ type }) => type.startsWith('cgroup'));
  return parseMemberships(read(`/proc/${pid}/cgroup`)).flatMap(({ version, controllers, path }) => {
    const mount = mounts.find(({ type, superOptions }) =>
      version === 2
        ? type === 'cgroup2'
        : type === 'cgroup' && controllers.every((name) => superOptions.includes(name)),
    );
    return mount && path !== '/' ? [join(mount.mountPoint, path)] : [];
  });
}

/** The file system of a directory, as mountinfo names it. */
const deviceOf = (path: string) => mountOf(path, parseMountinfo(read('/proc/self/mountinfo')))?.device;

/** Those that its run has made. */
const ownOf = (pid: number) => groupsOf(pid).filter((path) => path.includes('/container-lab-'));

/** The cgroup that stands still: v1's if there is one. */
function freezable(pid: number): string {
  const own = ownOf(pid);
  const found = own.find((path) => existsSync(join(path, 'freezer.state'))) ?? own[0];
  assert.ok(found, read(`/proc/${pid}/cgroup`));
  return found ?? '';
}

/** What the kernel says of it. */
function standsStill(directory: string): boolean {
  return existsSync(join(directory, 'freezer.state'))
    ? read(join(directory, 'freezer.state')).trim() === 'FROZEN'
    : read(join(directory, 'cgroup.events')).includes('frozen 1');
}

const v2Of = (pid: number) => ownOf(pid).find((path) => existsSync(join(path, 'cgroup.subtree_control')));

kernelTest(test, needs, '/proc/self/cgroup says / in every line, and from outside it is the run’s own', async () => {
  const container = await start(['--pids', '40']);
  const inside = await container.output('cat /proc/self/cgroup');
  assert.equal(
    inside.split('\n').map((line) => line.split(':')[2]),
    parseMemberships(read('/proc/self/cgroup')).map(() => '/'),
  );
  const own = ownOf(container.pid);
  assert.ok(own.length > 0);
  for (const directory of own) assert.equal(processesIn(directory), [container.pid], directory);
  assert.is.not(readlinkSync(`/proc/${container.pid}/ns/cgroup`), readlinkSync('/proc/self/ns/cgroup'));
  const limits = own.map((directory) => read(join(directory, 'pids.max')).trim()).filter(Boolean);
  assert.equal(limits, ['40']);
  await container.end();
  for (const directory of own) assert.not.ok(existsSync(directory));
});

kernelTest(test, needs, 'a cgroup file system inside has the container’s cgroup as its top', async () => {
  const container = await start();
  const own = ownOf(container.pid);
  const mounts = parseMountinfo(read(`/proc/${container.pid}/mountinfo`)).filter(({ type }) =>
    type.startsWith('cgroup'),
  );
  assert.is(mounts.length, own.length);
  for (const { mountPoint, root, device } of mounts) {
    const directory = own.find((path) => deviceOf(path) === device && path.endsWith(root));
    assert.ok(directory && root !== '/', `${root} is none of ${own.join(' ')}`);
    assert.equal((await container.output(`ls ${mountPoint}`)).split('\n').sort(), readdirSync(directory ?? '').sort());
    assert.is(await container.output(`cat ${mountPoint}/cgroup.procs | head -n 1`), '1');
    // Limits, and standstill, are its parent's to set.
    for (const file of ['cgroup.freeze', 'freezer.state', 'cgroup.max.depth']) {
      if (!existsSync(join(directory ?? '', file))) continue;
      assert.is((await container.run(`echo 1 > ${mountPoint}/${file}`)).status, 2, file);
    }
  }
  assert.equal(
    mounts.map(({ mountPoint }) => mountPoint).sort(),
    mountsOf(own)
      .map(({ name }) => join('/sys/fs/cgroup', name))
      .sort(),
  );
  await container.end();
});

kernelTest(test, needs, 'in v2 root inside divides its own cgroup, and no other', async () => {
  const container = await start(['--pids', '50']);
  const own = v2Of(container.pid) ?? '';
  const top = `/sys/fs/cgroup${existsSync(join(dirname(own), 'cgroup.procs')) && mountsOf(ownOf(container.pid)).length > 1 ? '/unified' : ''}`;
  await container.output(`mkdir ${top}/one ${top}/one/deep ${top}/two; echo $$ > ${top}/one/deep/cgroup.procs`);
  assert.is(await container.output('grep ^0:: /proc/self/cgroup'), '0::/one/deep');
  assert.ok(groupsOf(container.pid).includes(join(own, 'one/deep')));
  await container.output(`sleep 600 & echo $! > ${top}/two/cgroup.procs; echo 1 > ${top}/two/cgroup.freeze`);
  await until('the other one stands still', () => standsStill(join(own, 'two')));
  if (read(join(own, 'cgroup.controllers')).includes('pids')) {
    await container.output(`echo +pids > ${top}/cgroup.subtree_control; echo 1 > ${top}/one/pids.max`);
    assert.is((await container.run(`echo max > ${top}/pids.max`)).status, 2, 'the limit of the whole is not its own');
    await container.output(`echo max > ${top}/one/pids.max; echo -pids > ${top}/cgroup.subtree_control`);
  }
  // A process of the host, which the container has no number for, is out of reach; so is every cgroup of the host.
  assert.is((await container.run(`echo ${process.pid} > ${top}/two/cgroup.procs`)).status, 1);
  assert.equal(
    groupsOf(process.pid).filter((path) => path.startsWith(own)),
    [],
  );
  assert.equal(statSync(join(own, 'one')).uid, 1_000_000_000);
  await container.end();
  assert.not.ok(existsSync(own));
});

kernelTest(
  test,
  needs,
  'uptime and the monotonic clock begin anew, for process 1 itself; the host’s go on',
  async () => {
    const before = process.hrtime.bigint();
    const container = await start();
    const seconds = Number((await container.output('cat /proc/uptime')).split(' ')[0]);
    assert.ok(seconds < Number(process.hrtime.bigint() - before) / 1e9 + 1, `up for ${seconds} s`);
    assert.is.not(readlinkSync(`/proc/${container.pid}/ns/time`), readlinkSync('/proc/self/ns/time'));
    assert.is(
      readlinkSync(`/proc/${container.pid}/ns/time`),
      readlinkSync(`/proc/${container.pid}/ns/time_for_children`),
    );
    const offsets = parseOffsets(read(`/proc/${container.pid}/timens_offsets`));
    assert.ok(Math.abs(offsets.monotonic + Number(before / 1_000_000_000n)) < 10, JSON.stringify(offsets));
    assert.ok(Number(read('/proc/uptime').split(' ')[0]) > 30 - offsets.boottime - 40);
    // The date is nobody's own.
    assert.ok(Math.abs(Number(await container.output('date +%s')) - Date.now() / 1000) < 5);
    // In the container its process 1 began when its time did.
    assert.ok(Number((await container.output('cat /proc/1/stat')).split(' ')[21]) < 500);
    assert.ok(
      Number(statFields(container.pid)[21]) > Number(before / 10_000_000n) - 1000,
      'and outside, when it did there',
    );
    await container.end();
  },
);

/** A process that says, by its status, whether it is in another time namespace than this one. */
function looksAtTime() {
  const script = 'test "$(readlink /proc/self/ns/time)" != "$0"';
  return execve('/bin/sh', ['sh', '-c', script, readlinkSync('/proc/self/ns/time')], ['PATH=/usr/bin:/bin']);
}

const OFFSETS = writeFile('/proc/self/timens_offsets', 'boottime 60 0\n');

kernelTest(test, needs, 'unshare moves the children only; setns moves who shares memory with nobody', async () => {
  const second = cloneCall(0, [looksAtTime()]);
  const cloned = new Child(
    [unshare(CLONE_NEWTIME), ...OFFSETS, second, wait4(second, 0), exit(0)],
    CLONE_NEWUSER | CLONE_NEWPID,
    {},
  );
  assert.equal(await cloned.wait(), { status: 0 });
  const namespace = openat('/proc/self/ns/time_for_children', O_RDONLY);
  const joining = [unshare(CLONE_NEWTIME), ...OFFSETS, namespace, setns(namespace, CLONE_NEWTIME), close(namespace)];
  const copied = new Child([...joining, looksAtTime()], CLONE_NEWUSER | CLONE_NEWPID, { copy: true });
  assert.equal(await copied.wait(), { status: 0 });
  const sharing = new Child([...joining, looksAtTime()], CLONE_NEWUSER | CLONE_NEWPID, {});
  let failure: unknown;
  try {
    await sharing.wait();
  } catch (error) {
    failure = error;
  }
  assert.ok(failure instanceof CallFailure && failure.failed.call.info.name === 'setns', String(failure));
  // Once somebody is in it, the offsets stay as they are: EACCES.
  const later = new Child(
    [...joining, ...writeFile('/proc/self/timens_offsets', 'boottime 90 0\n'), exit(0)],
    CLONE_NEWUSER,
    {
      copy: true,
    },
  );
  let refused: unknown;
  try {
    await later.wait();
  } catch (error) {
    refused = error;
  }
  assert.ok(refused instanceof CallFailure && refused.errno === 'EACCES', String(refused));
});

/** How much CPU time the processes of a cgroup have used, in ticks. */
function ticks(directory: string): number {
  const fields = processesIn(directory).map((pid) => statFields(pid));
  return fields.reduce((sum, stat) => sum + Number(stat[13]) + Number(stat[14]), 0);
}

async function startBusy(container: Container): Promise<void> {
  await container.output('(while :; do :; done) & (while :; do sleep 0.01; done) & :');
}

kernelTest(
  test,
  needs,
  'pause and unpause, from another terminal: the kernel says so, and nothing runs meanwhile',
  async () => {
    const container = await start();
    assert.match(container.narration, 'To let the container stand still, in a second terminal: npm run pause\n');
    await startBusy(container);
    const directory = freezable(container.pid);
    const paused = lab(['pause']);
    assert.equal([paused.status, paused.stderr], [0, '']);
    assert.match(
      paused.stdout,
      /^Process \d+ \(sh\) stands still, with [23] more\. To let it go on: npm run unpause\n$/,
    );
    assert.ok(standsStill(directory));
    const before = ticks(directory);
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.is(ticks(directory), before);
    const again = lab(['pause', String(container.pid)]);
    assert.equal(
      [again.status, again.stderr],
      [2, `Process ${container.pid} (sh) stands still already. To let it go on: npm run unpause\n`],
    );
    assert.is(lab(['unpause']).stdout, `Process ${container.pid} (sh) goes on.\n`);
    await until('it goes on', () => ticks(directory) > before);
    assert.not.ok(standsStill(directory));
    await container.output('true');
    await container.end();
  },
);

kernelTest(test, needs, 'pause says which containers there are, and takes no word that is no number', async () => {
  const none = lab(['pause']);
  assert.equal(
    [none.status, none.stderr],
    [
      2,
      'No container runs here that could stand still: it takes a cgroup, and a user without one needs sudo. In another terminal: npm run step 13\n',
    ],
  );
  const [one, other] = [await start(), await start()];
  const [first, second] = [one.pid, other.pid].sort((a, b) => a - b);
  const several = lab(['unpause']).stderr;
  for (const pid of [first, second]) assert.match(several, `npm run unpause -- ${pid} (sh)`);
  assert.match(several, /^Several containers run\. Say which: /);
  assert.is(lab(['pause', String(one.pid)]).status, 0);
  assert.ok(standsStill(freezable(one.pid)));
  assert.not.ok(standsStill(freezable(other.pid)));
  assert.match(lab(['pause', '1']).stderr, /^Process 1 is in none of the containers that run here\. Say which: /);
  for (const words of [['x'], ['1', '2'], ['-1']]) assert.is(lab(['pause', '--', ...words]).status, 2, words.join(' '));
  assert.is(lab(['unpause', String(one.pid)]).status, 0);
  await one.end();
  await other.end();
});

kernelTest(
  test,
  needs,
  'what stands still can be ended: by a signal to the kit, and after kill -9 by clean',
  async () => {
    const container = await start();
    await startBusy(container);
    assert.is(lab(['pause']).status, 0);
    process.kill(container.started, 'SIGTERM');
    assert.is(await container.ended(), 128 + 15);
    const killed = await start();
    const own = ownOf(killed.pid);
    assert.is(lab(['pause']).status, 0);
    await killed.killKit();
    assert.ok(own.every((directory) => existsSync(directory)));
    assert.is(lab(['clean']).status, 0);
    assert.not.ok(own.some((directory) => existsSync(directory)));
    await until('the process has ended', () => statFields(killed.pid).length === 0);
  },
);

/**
 * Processes that each start another one and end: whoever kills those that he has
 * seen comes too late. Each list of a cgroup's processes is out of date.
 */
const hopper = (marker: string) => `sh -c "$hop" ${marker} &`;

kernelTest(test, needs, 'who forks faster than somebody can kill does not escape the end of a cgroup', async () => {
  const group = planControlGroup({}, newOwnerName(), {}, { always: true });
  onTestEnd(() => group.remove());
  perform(group.create);
  for (const directory of group.directories) {
    const marker = `hopper-${process.pid}-${basename(dirname(directory))}`;
    const first = spawn('/bin/sh', ['-c', `echo $$ > ${directory}/cgroup.procs; eval "$hop"`], {
      stdio: 'ignore',
      env: { PATH: '/usr/bin:/bin', hop: hopper(marker) },
    });
    first.unref();
    await until('it hops', () => processesIn(directory).length > 0 && first.exitCode !== null);
    const lists = new Set<string>();
    await until('each look finds others', () => lists.add(processesIn(directory).join()).size > 3);
  }
  await within(10_000, 'the end of all', () => group.remove());
  assert.not.ok(group.directories.some((directory) => existsSync(directory)));
  assert.equal(
    readdirSync('/proc').filter(
      (pid) => /^\d+$/.test(pid) && read(`/proc/${pid}/cmdline`).includes(`hopper-${process.pid}-`),
    ),
    [],
  );
});

kernelTest(
  test,
  needs,
  'the kit’s cgroups below other cgroups stand still with the one above, and go on with it',
  async () => {
    const [container, directory] = await (async () => {
      const started = await start();
      return [started, freezable(started.pid)] as const;
    })();
    const below = join(directory, 'below');
    mkdirSync(below);
    const child = await container.output('sleep 600 & echo started; echo $!').then(() => findProcess('600'));
    writeFileSync(join(below, 'cgroup.procs'), String(child));
    freeze(directory);
    await until('all stand still', () => freezerOf(directory)?.holds(directory));
    assert.ok(freezerOf(below)?.holds(below));
    thaw(directory);
    await until('it goes on', () => !standsStill(below));
    await container.end();
    assert.not.ok(existsSync(directory));
  },
);

kernelTest(test, needs, 'the cgroup driver: what is no driver, and systemd where it cannot be asked', () => {
  const bad = lab(['step', '13', '--cgroup-driver', 'x', '--', 'true']);
  assert.equal([bad.status, bad.stderr], [2, '--cgroup-driver: "x" is no driver: cgroupfs or systemd.\n']);
  assert.is(lab(['step', '13', '--quiet', '--cgroup-driver', 'cgroupfs', '--', 'true']).status, 0);
  if (existsSync('/run/systemd/system') && !/ - cgroup /.test(read('/proc/self/mountinfo'))) return;
  const { status, stderr } = lab(['step', '13', '--cgroup-driver', 'systemd', '--', 'true']);
  assert.is(status, 2);
  assert.match(stderr, /^--cgroup-driver: .*\. Leave the option out: then the kit makes the cgroup itself\.\n$/);
  assert.is(stderr.split('\n').length, 2);
});

kernelTest(test, needs, 'systemd is not told the number of a process that it knows by another', () => {
  const script = 'mount -t tmpfs tmpfs /run && mkdir -p /run/systemd/system && exec "$@"';
  const words = [process.execPath, launcher, 'step', '13', '--cgroup-driver', 'systemd', '--', 'true'];
  const unshare = ['--mount', '--pid', '--fork', '--mount-proc', 'sh', '-c', script, 'sh', ...words];
  const { status, stderr } = spawnSync('unshare', unshare, { cwd: top, encoding: 'utf8' });
  assert.is(status, 2, stderr);
  assert.match(stderr, 'processes have other numbers here than systemd knows');
});

kernelTest(test, needs, 'killed at any moment, also while it stands still: clean leaves nothing', async () => {
  const count = Number(process.env.KILLS ?? 8);
  const runs = await many(count, async (index) => {
    const running = startRun(['step', '13', '--', 'sh', '-c', 'hop() { hop & sleep 0.02; }; hop; sleep 100']);
    if (index % 2 === 0) await eventually(() => leftoversOf(new Set([running.pid])).cgroups.length > 0, 10_000);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * (index % 2 === 0 ? 120 : 900)));
    if (index % 4 === 0) {
      for (const directory of leftoversOf(new Set([running.pid])).cgroups) {
        try {
          freeze(directory);
        } catch {
          // It has gone meanwhile.
        }
      }
    }
    running.process.kill('SIGKILL');
    await running.ended;
    return running.pid;
  });
  const pids = new Set(runs);
  assert.ok(ownCgroups().length > 0, 'some have left something');
  await eventually(() => {
    lab(['clean']);
    return JSON.stringify(leftoversOf(pids)) === JSON.stringify(NONE);
  }, 20_000);
  assert.equal(leftoversOf(pids), NONE);
});

test.run();
