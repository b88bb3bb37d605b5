/** The sandbox, as the kernel shows it from outside. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { lookAtMounts } from '../../src/checks/mounts.ts';
import { descendants, Process } from '../../src/checks/process.ts';
import { isOwnerName } from '../../src/leftovers/owner.ts';
import { find } from '../../src/leftovers/processes.ts';
import { isSandboxId } from '../../src/sandbox/identities.ts';
import { Sandbox, type SandboxOptions } from '../../src/sandbox/sandbox.ts';
import { kernelTest, onTestEnd, until } from '../support/kernel-test.ts';
import { lab, loader, namespacesOf, statFields, top } from '../support/lab.ts';
import { canRun, program, root } from '../support/needs.ts';

const sandbox = suite('the sandbox');
const needs = [root, canRun(7)];

async function start(script: string, options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  const started = await Sandbox.start({
    argv: ['/bin/sh', '-c', script],
    binds: {},
    files: {},
    hidden: [],
    directory: '/',
    timeout: 20,
    ...options,
  });
  onTestEnd(() => started.remove());
  return started;
}

/** Waits until its process 1 is the program, and no longer the list that led to it. */
async function running(script = 'exec sleep 100', options: Partial<SandboxOptions> = {}) {
  const started = await start(script, options);
  const program = new Process(started.pid);
  await until('the program', () => program.argv[0] === 'sleep' || program.argv[0] === '/bin/sh');
  return { started, program };
}

/** Its directories in the host's hierarchies, by controller. */
function cgroupOf({ cgroups }: Process, controller: string): string {
  const membership = cgroups.find(({ controllers }) => controllers.includes(controller)) ?? cgroups.at(-1);
  const mount = new Process(process.pid).mounts.find(({ type, superOptions }) =>
    membership?.version === 2 ? type === 'cgroup2' : type === 'cgroup' && superOptions.includes(controller),
  );
  return join(mount?.mountPoint ?? '', membership?.path ?? '');
}

kernelTest(sandbox, needs, 'has every namespace to itself', async () => {
  const { started } = await running();
  const [ours, its] = [namespacesOf('self'), namespacesOf(started.pid)];
  for (const name of Object.keys(ours)) assert.is.not(its[name], ours[name], name);
});

kernelTest(sandbox, needs, 'root of it is nobody outside, and so is everyone else', async () => {
  const { started, program } = await running();
  const { root: id } = started.identities;
  assert.ok(isSandboxId(id));
  assert.is(program.status('Uid'), [id, id, id, id].join('\t'));
  assert.is(program.status('Groups').trim(), '');
  for (const which of ['uid', 'gid'] as const) {
    for (const { outside } of program.idMap(which)) assert.ok(isSandboxId(outside), String(outside));
  }
  const { started: other } = await running();
  assert.is.not(other.identities.root, id, 'and nobody of another sandbox');
});

kernelTest(sandbox, needs, 'has three pipes, a session without a terminal, and an environment of its own', async () => {
  const { started, program } = await running();
  // For a moment its shell has /dev/null open, too.
  await until('three descriptors', () => readdirSync(`/proc/${started.pid}/fd`).join() === '0,1,2');
  assert.is(statFields(started.pid)[5], String(started.pid), 'the session');
  assert.is(statFields(started.pid)[6], '0', 'the terminal');
  const names = program.read('environ').split('\0').filter(Boolean);
  assert.equal(names.map((entry) => entry.split('=')[0]).sort(), ['HOME', 'LANG', 'PATH', 'PWD', 'TERM'].sort());
});

kernelTest(
  sandbox,
  needs,
  'shows what no path leads to for its root, read-only, and no peer of the original',
  async () => {
    const closed = mkdtempSync(join(tmpdir(), 'lab-sandbox-'));
    onTestEnd(() => rmSync(closed, { recursive: true }));
    const outside = join(closed, 'image');
    mkdirSync(outside);
    chmodSync(closed, 0o700);
    const { program } = await running('cd /kit/image && exec sleep 100', { binds: { '/kit/image': outside } });
    const { dev, ino } = statSync(outside, { bigint: true });
    await until('the working directory', () => program.directory('cwd') === `${dev}:${ino}`);
    assert.ok(program.mounts.find(({ mountPoint }) => mountPoint === '/kit/image')?.options.includes('ro'));
    const peers = (text: string) => new Set(text.match(/\b(?:shared|master):\d+/g));
    const hosts = peers(readFileSync('/proc/self/mountinfo', 'utf8'));
    for (const group of peers(program.read('mountinfo'))) assert.not.ok(hosts.has(group), group);
  },
);

kernelTest(
  sandbox,
  needs,
  'shows the root of its mount namespace to the grader, whatever a process has as its own',
  async () => {
    const { program } = await running();
    const outside = statSync('/usr', { bigint: true });
    const [root, usr, own] = await lookAtMounts(program, (view) => [
      view.directory('root'),
      statSync(`/proc/${view.pid}/root/usr/.`, { bigint: true }),
      view.namespace('mnt'),
    ]);
    assert.is(root, program.directory('root'));
    assert.is(usr.ino, outside.ino);
    assert.is(own, program.namespace('mnt'));
  },
);

kernelTest(sandbox, needs, 'sees programs, read-only, and nothing else of the machine', async () => {
  const { program } = await running();
  const writable = program.mounts.filter(({ options }) => options.includes('rw')).map(({ mountPoint }) => mountPoint);
  assert.equal(writable.filter((path) => !path.startsWith('/sys/fs/cgroup')).sort(), [
    '/dev',
    '/dev/pts',
    '/dev/shm',
    // Under the one before: what the process above it has for itself.
    '/dev/shm/outer',
    '/proc',
    '/tmp',
  ]);
  const disks = program.mounts.filter(({ device }) => !device.startsWith('0:')).map(({ mountPoint }) => mountPoint);
  assert.equal(
    disks.filter((path) => !/^\/(usr|s?bin|lib(x?32|64)?)(\/|$)/.test(path)),
    [],
  );
});

kernelTest(sandbox, needs, 'has no link but lo', async () => {
  const { program } = await running();
  const lines = program.read('net/dev').split('\n').slice(2).filter(Boolean);
  assert.equal(
    lines.map((line) => line.split(':')[0]?.trim()),
    ['lo'],
  );
});

kernelTest(sandbox, needs, 'is limited by a cgroup of real root’s, above the one that it may divide', async () => {
  const { started, program } = await running();
  const inner = cgroupOf(program, 'pids');
  assert.is(statSync(inner).uid, started.identities.root);
  const outer = join(inner, '..');
  assert.is(statSync(outer).uid, 0);
  for (const name of readdirSync(outer)) {
    const stats = statSync(join(outer, name));
    if (stats.isFile()) assert.is(stats.uid, 0, name);
  }
  assert.is(readFileSync(join(outer, 'pids.max'), 'utf8').trim(), '256');
  assert.match(program.read('limits'), /Max processes\s+256\s+256/);
});

kernelTest(sandbox, needs, 'hides what it is told to hide', async () => {
  const shown = await start('ls /usr/share | wc -l');
  await shown.ended;
  const hidden = await start('ls -A /usr/share | wc -l; touch /usr/share/x', { hidden: ['/usr/share'] });
  await hidden.ended;
  assert.ok(Number(shown.stdout.text) > 1);
  assert.is(hidden.stdout.text.trim(), '0');
  assert.match(hidden.stderr.text, 'Read-only');
});

kernelTest(sandbox, needs, 'passes on input, output and status', async () => {
  const started = await start('read line; echo "got $line"; echo "and this" >&2; exit 7');
  started.write('a line\n');
  assert.equal(await started.ended, { status: 7 });
  assert.is(started.stdout.text, 'got a line\n');
  assert.is(started.stderr.text, 'and this\n');
});

kernelTest(sandbox, needs, 'is stopped when time is up, with all that is in it', async () => {
  const started = await start("trap '' TERM HUP INT; (setsid sleep 1000 &); unshare --pid --fork sleep 1000", {
    timeout: 1,
  });
  const all = await until('its processes', () => {
    const found = descendants(started.pid);
    return found.length >= 4 && found;
  });
  assert.equal(await started.ended, { stopped: 'time' });
  assert.equal(
    all.filter(({ lives }) => lives).map(({ pid }) => pid),
    [],
  );
});

kernelTest(
  sandbox,
  needs,
  'keeps the beginning and the end of much output, and stops it where there is no end',
  async () => {
    const started = await start('echo first; yes | head -c 1000000; echo last; read x; yes');
    await until('the last line', () => started.stdout.text.endsWith('last\n'));
    assert.ok(started.stdout.text.startsWith('first\ny\n'));
    assert.match(started.stdout.text, /bytes left out/);
    assert.ok(started.stdout.text.length < 100_000);
    started.write('\n');
    assert.equal(await started.ended, { stopped: 'output' });
  },
);

kernelTest(sandbox, needs, 'nobody inside takes back what is read-only or covered', async () => {
  const tries = [
    'for place in / /usr /usr/share; do mount -o remount,bind,rw $place; done',
    'umount -l /usr/share; umount -l /usr; umount -l /',
    'mkdir /tmp/again; mount --bind /usr /tmp/again; mount -o remount,bind,rw /tmp/again',
  ];
  const { program } = await running(`${tries.join('; ')}; exec sleep 100`, { hidden: ['/usr/share'] });
  await until('the end of its tries', () => program.argv[0] === 'sleep');
  const { mounts } = program;
  const covers = mounts.filter(({ mountPoint }) => mountPoint === '/usr/share');
  assert.equal(
    covers.map(({ type, options }) => [type, options[0]]),
    [['tmpfs', 'ro']],
  );
  assert.equal(readdirSync(`/proc/${program.pid}/root/usr/share`), []);
  const disks = mounts.filter(({ device }) => !device.startsWith('0:'));
  assert.ok(disks.length > 0);
  assert.equal(
    disks.filter(({ options }) => !options.includes('ro')),
    [],
  );
});

kernelTest(
  sandbox,
  needs,
  'has a keeper above it, which bears the mark of the run, in a PID namespace above its own',
  async () => {
    const { program } = await running();
    const keeper = new Process(program.parent);
    assert.equal([keeper.ownNumber, program.ownNumber], [1, 1]);
    assert.is.not(keeper.namespace('pid'), program.namespace('pid'));
    const mark = keeper.argv[2] ?? '';
    assert.ok(isOwnerName(mark), keeper.argv.join(' '));
    assert.equal(find(mark), [{ kind: 'process', pid: keeper.pid }]);
  },
);

kernelTest(sandbox, needs, 'ends in time in a cgroup that has hardly any processor', async () => {
  const slow = [
    'cd /sys/fs/cgroup/cpu || cd /sys/fs/cgroup',
    'mkdir slow rest',
    'for p in $(cat cgroup.procs); do echo $p > rest/cgroup.procs; done',
    'echo +cpu > cgroup.subtree_control',
    'echo 1000000 > slow/cpu.cfs_period_us; echo 1000 > slow/cpu.cfs_quota_us; echo "1000 1000000" > slow/cpu.max',
    'for i in 1 2 3 4 5 6 7 8; do (while :; do :; done) & done',
    'for p in $(cat rest/cgroup.procs); do echo $p > slow/cgroup.procs; done; sleep 100',
  ];
  const begin = performance.now();
  const started = await start(slow.join('; '), { timeout: 3 });
  await until('its cgroup', () => started.cgroups.some((directory) => existsSync(join(directory, 'slow'))));
  assert.equal(await started.ended, { stopped: 'time' });
  assert.ok(performance.now() - begin < 15_000, `${Math.round(performance.now() - begin)} ms`);
});

/** Whatever asks the kernel not to end it, and whatever moves away from the others. */
const CLINGING = ['/usr/bin/setpriv', '--pdeathsig', 'clear', '/usr/bin/setsid', '--fork', '/bin/sleep', '1000'];

kernelTest(sandbox, needs, 'ends with the process that made it, and `npm run clean` removes its cgroups', async () => {
  for (const argv of [['/bin/sleep', '1000'], [...CLINGING.slice(0, 3), '/bin/sleep', '1000'], stayingShell()]) {
    const maker = spawn(process.execPath, ['--import', loader, join(top, 'test/support/sandbox-maker.ts'), ...argv], {
      cwd: top,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await once(maker.stdout, 'data');
    const pid = Number(line);
    const directory = cgroupOf(new Process(pid), 'pids');
    assert.ok(existsSync(directory));
    await until('the program', () => new Process(pid).argv.some((word) => word.includes('sleep')));
    const all = descendants(pid);
    maker.kill('SIGKILL');
    await once(maker, 'close');
    await until('the end of the sandbox', () => all.every(({ lives }) => !lives));
    assert.is(lab(['clean']).status, 0);
    assert.not.ok(existsSync(directory));
  }
});

kernelTest(
  sandbox,
  [root, canRun(5, 'rootless'), program('setpriv')],
  'an ordinary user’s: no names of cgroups can be read, none can be mounted, and quotas of the user stay for others',
  async () => {
    const script = [
      'cut -d: -f3 /proc/self/cgroup | sort -u',
      'mount -t cgroup2 none /tmp 2>&-; echo mount $?',
      'unshare --cgroup true 2>&-; echo unshare $?',
      'grep "Max msgqueue" /proc/self/limits',
    ];
    const words = ['--import', loader, join(top, 'test/support/sandbox-maker.ts'), '/bin/sh', '-c', script.join('; ')];
    const asUser = ['--reuid', '4711', '--regid', '4711', '--clear-groups', process.execPath];
    const maker = spawn('setpriv', [...asUser, ...words], { cwd: top, stdio: ['ignore', 'pipe', 'inherit'] });
    onTestEnd(() => void maker.kill('SIGKILL'));
    let said = '';
    maker.stdout.on('data', (text) => {
      said += text;
    });
    await until('its end', () => said.includes('Max msgqueue'));
    const [, cgroup, mount, unshare, queues = ''] = said.split('\n');
    assert.equal([cgroup, mount === 'mount 0', unshare === 'unshare 0'], ['/', false, false], said);
    assert.match(queues, /Max msgqueue size +200000 +200000 /);
  },
);

/** A process 1 that waits for children which do not care for their parent. */
function stayingShell(): string[] {
  return ['/bin/sh', '-c', `trap "" TERM HUP INT; ${CLINGING.join(' ')}; sleep 1000; exit`];
}

sandbox.run();
