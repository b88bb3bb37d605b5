/** Step 12: what root inside may still do, as the kernel says it of the process. */
import { execFileSync, spawn } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { planControlGroup } from '../../src/cgroups/control-group.ts';
import { perform } from '../../src/executor/perform.ts';
import { newOwnerName } from '../../src/leftovers/owner.ts';
import { parseMountinfo } from '../../src/proc/mountinfo.ts';
import type { DeviceRule } from '../../src/settings/devices.ts';
import { USUAL_CAPABILITIES } from '../../src/settings/rights.ts';
import { CAP, type Capability } from '../../src/syscalls/flags.ts';
import { fileIn, groupOf } from '../support/cgroup-files.ts';
import { type Container, type ContainerOptions, startContainer } from '../support/container.ts';
import { compilerMissing } from '../support/headers.ts';
import { copyOf, rootOf } from '../support/image.ts';
import { kernelTest, onTestEnd, temporaryDirectory, until } from '../support/kernel-test.ts';
import { lab, read, top } from '../support/lab.ts';
import { canRun, type Need, root } from '../support/needs.ts';

const test = suite('step 12');
const needs = [canRun(12)];

let image = '';
test.before(async () => {
  image = await ensureImage('host');
});

const start = (words: readonly string[] = [], { env, ...rest }: ContainerOptions = {}) =>
  startContainer(['12', ...words], { env: { SUDO_UID: '', SUDO_GID: '', ...env }, ...rest });

/** A line of /proc/PID/status. */
function field(pid: number, name: string): string {
  return (
    new RegExp(`^${name}:[ \t]*(.*)$`, 'm')
      .exec(read(`/proc/${pid}/status`))?.[1]
      ?.trim()
      .replace(/\s+/g, ' ') ?? ''
  );
}

/** The five sets: inheritable, permitted, effective, bounding, ambient. */
function sets(pid: number): string[] {
  return ['CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb'].map((name) => field(pid, name));
}

const LAST = Number(read('/proc/sys/kernel/cap_last_cap'));
const NONE = mask([]);

/** The kernel's own notation: 16 hexadecimal digits. */
function mask(names: readonly Capability[]): string {
  const bits = names.reduce((sum, name) => sum | (1n << BigInt(CAP[name])), 0n);
  return bits.toString(16).padStart(16, '0');
}

const ALL = ((1n << BigInt(LAST + 1)) - 1n).toString(16).padStart(16, '0');
const usual = mask(USUAL_CAPABILITIES);
const without = (name: Capability) => mask(USUAL_CAPABILITIES.filter((other) => other !== name));

for (const [words, kept] of [
  [[], usual],
  [['--cap-add', 'NET_ADMIN'], mask([...USUAL_CAPABILITIES, 'CAP_NET_ADMIN'])],
  [['--cap-drop', 'chown'], without('CAP_CHOWN')],
  [['--cap-drop', 'ALL'], NONE],
  [['--cap-drop', 'ALL', '--cap-add', 'CAP_SETUID'], mask(['CAP_SETUID'])],
  [['--cap-add', 'ALL'], ALL],
] as const) {
  kernelTest(test, needs, `the capabilities of root: ${words.join(' ') || 'docker’s fourteen'}`, async () => {
    const container = await start(words);
    assert.equal(sets(container.pid), [NONE, kept, kept, kept, NONE]);
    // What it executes is the same again.
    await container.output('sleep 60 >/dev/null 2>&1 & true');
    assert.equal(sets(await childOf(container)), [NONE, kept, kept, kept, NONE]);
    await container.end();
  });
}

/** The one process that the shell inside has started, when it is the program. */
async function childOf({ pid }: Container, name = 'sleep'): Promise<number> {
  return until(`a ${name} of ${pid}`, () => {
    const children = read(`/proc/${pid}/task/${pid}/children`).trim().split(' ').filter(Boolean).map(Number);
    return children.find((child) => read(`/proc/${child}/comm`).trim() === name);
  });
}

const USER = ['--user', '1000:100'];

kernelTest(test, needs, 'another user has no capability but what was added, and keeps that over execve', async () => {
  const plain = await start(USER);
  assert.equal(
    [field(plain.pid, 'Uid'), field(plain.pid, 'Gid'), field(plain.pid, 'Groups')],
    ['1000001000 1000001000 1000001000 1000001000', '1000000100 1000000100 1000000100 1000000100', ''],
  );
  assert.equal(sets(plain.pid), [NONE, NONE, NONE, usual, NONE]);
  assert.equal((await plain.output('id -u; id -g; echo $HOME')).split('\n'), ['1000', '100', '/']);
  await plain.end();

  const added = await start([...USER, '--cap-add', 'NET_BIND_SERVICE']);
  const one = mask(['CAP_NET_BIND_SERVICE']);
  await added.output('sleep 60 >/dev/null 2>&1 & true');
  for (const pid of [added.pid, await childOf(added)]) assert.equal(sets(pid), [one, one, one, usual, one]);
  await added.end();
});

for (const [option, told] of [
  [[], '1'],
  [['--security-opt', 'no-new-privileges'], '1'],
  [['--security-opt', 'no-new-privileges=false'], '0'],
] as const) {
  kernelTest(test, needs, `NoNewPrivs is ${told}: ${option.join(' ') || 'if nothing is said'}`, async () => {
    const container = await start(option);
    assert.is(field(container.pid, 'NoNewPrivs'), told);
    await container.end();
  });
}

kernelTest(
  test,
  needs,
  'a set-user-ID program of root’s gains nothing; without no_new_privs it gains all that is left',
  async () => {
    const copy = copyOf(image);
    chmodSync(join(copy, 'usr/bin/sleep'), 0o4755);
    const trapped = await start(['--rootfs', copy, ...USER]);
    await trapped.output('sleep 60 >/dev/null 2>&1 & true');
    const same = await childOf(trapped);
    assert.is(field(same, 'Uid'), '1000001000 1000001000 1000001000 1000001000');
    assert.equal(sets(same), [NONE, NONE, NONE, usual, NONE]);
    await trapped.end();

    const open = await start(['--rootfs', copy, ...USER, '--security-opt', 'no-new-privileges=false']);
    await open.output('sleep 60 >/dev/null 2>&1 & true');
    const more = await childOf(open);
    assert.is(field(more, 'Uid'), '1000001000 1000000000 1000000000 1000000000');
    assert.equal(sets(more), [NONE, usual, usual, usual, NONE]);
    await open.end();
  },
);

for (const [words, mode] of [
  [[], '2'],
  [['--security-opt', 'no-new-privileges=false'], '2'],
  [['--security-opt', 'seccomp=unconfined'], '0'],
] as const) {
  kernelTest(test, needs, `Seccomp is ${mode}: ${words.at(-1) ?? 'if nothing is said'}`, async () => {
    const container = await start(words);
    await container.output('sleep 60 >/dev/null 2>&1 & true');
    for (const pid of [container.pid, await childOf(container)]) assert.is(field(pid, 'Seccomp'), mode);
    const unshared = await container.run('unshare --user true');
    assert.is(unshared.status === 0, mode === '0', unshared.output);
    await container.end();
  });
}

kernelTest(
  test,
  needs,
  'a profile in a file: what it refuses fails in its way, and everything else is done',
  async () => {
    const profile = join(temporaryDirectory(), 'profile.json');
    const syscalls = [{ names: ['mkdir', 'mkdirat'], action: 'SCMP_ACT_ERRNO', errnoRet: 28 }];
    writeFileSync(profile, JSON.stringify({ defaultAction: 'SCMP_ACT_ALLOW', syscalls }));
    for (const more of [[], ['--security-opt', 'no-new-privileges=false']]) {
      const container = await start(['--security-opt', `seccomp=${profile}`, ...more]);
      assert.match((await container.run('mkdir /root/made')).output, 'No space left on device');
      await container.output('touch /root/touched');
      const root = `${rootOf(container)}/root`;
      assert.equal(
        readdirSync(root).filter((name) => !name.startsWith('.')),
        ['touched'],
      );
      await container.end();
    }
  },
);

kernelTest(test, needs, 'a profile that refuses execve: the call that failed is named, and nothing is left', () => {
  const profile = join(temporaryDirectory(), 'profile.json');
  const refusing = (action: string) => ({
    defaultAction: 'SCMP_ACT_ALLOW',
    syscalls: [{ names: ['execve'], action }],
  });
  writeFileSync(profile, JSON.stringify(refusing('SCMP_ACT_ERRNO')));
  const words = ['step', '12', '--security-opt', `seccomp=${profile}`, '--', 'true'];
  const refusedOne = lab(words);
  assert.is(refusedOne.status, 126);
  assert.match(refusedOne.stderr, /execve\("\/usr\/bin\/true".* = -1 EPERM/);
  writeFileSync(profile, JSON.stringify(refusing('SCMP_ACT_KILL_PROCESS')));
  assert.is(lab(words).status, 128 + 31);
});

kernelTest(test, needs, 'what is bad in the options of step 12: one line each, and nothing is begun', () => {
  const folder = temporaryDirectory();
  const profile = join(folder, 'profile.json');
  writeFileSync(profile, '{"defaultAction": "SCMP_ACT_ALOW"}');
  const cases: [readonly string[], string][] = [
    [
      ['--security-opt', `seccomp=${folder}/none`],
      `--security-opt: seccomp=${folder}/none is not there. Give a file, or seccomp=unconfined.`,
    ],
    [
      ['--security-opt', `seccomp=${folder}`],
      `--security-opt: seccomp=${folder} cannot be read (EISDIR). Give a file, or seccomp=unconfined.`,
    ],
    [
      ['--security-opt', `seccomp=${profile}`],
      `--security-opt: ${profile}: defaultAction: "SCMP_ACT_ALOW" is no action. Did you mean SCMP_ACT_ALLOW?`,
    ],
    [['--device', '/dev/none'], '--device: /dev/none is not there.'],
    [
      ['--device', '/proc/self/status:/dev/x'],
      '--device: /proc/self/status is no device. Those of the host are in /dev.',
    ],
    [['--device', '/dev/null', '--device', '/dev/zero:/dev/null'], '--device: /dev/null is given twice.'],
    [
      ['--user', '70000'],
      '--user: user 70000 of the container has no number outside. Give it one: --uid-map 0:1000000000:65536.',
    ],
    [['-v', `${folder}:/sys/x`], '--volume: /sys/x lies in what the kit itself mounts at /sys.'],
  ];
  for (const [words, line] of cases) {
    const { status, stdout, stderr } = lab(['step', '12', ...words, '--', 'true'], {
      env: { SUDO_UID: '', SUDO_GID: '' },
    });
    assert.equal([status, stdout, stderr.trim()], [2, '', line]);
  }
});

const mountsOf = ({ pid }: Container) => parseMountinfo(read(`/proc/${pid}/mountinfo`));

kernelTest(test, needs, 'parts of /proc and /sys are hidden, and parts are read-only', async () => {
  const container = await start();
  const mounts = mountsOf(container);
  const root = rootOf(container);
  const hidden = ['/proc/acpi', '/proc/keys', '/proc/kcore', '/proc/timer_list', '/proc/interrupts', '/sys/firmware'];
  for (const path of hidden.filter(existsSync)) {
    const isFolder = statSync(path).isDirectory();
    const mount = mounts.findLast(({ mountPoint }) => mountPoint === path);
    assert.equal([mount?.type, mount?.root], isFolder ? ['tmpfs', '/'] : [mount?.type, '/null'], path);
    if (isFolder) {
      assert.equal(readdirSync(root + path), [], path);
      assert.ok(mount?.options.includes('ro'), path);
    } else {
      assert.is(readFileSync(root + path, 'utf8'), '', path);
    }
  }
  for (const path of ['/proc/sys', '/proc/bus', '/proc/irq', '/proc/fs'].filter(existsSync)) {
    const mount = mounts.findLast(({ mountPoint }) => mountPoint === path);
    assert.equal([mount?.type, mount?.root], ['proc', path.slice('/proc'.length)], path);
    for (const flag of ['ro', 'nosuid', 'nodev', 'noexec'])
      assert.ok(mount?.options.includes(flag), `${path}: ${flag}`);
  }
  const sys = mounts.find(({ mountPoint }) => mountPoint === '/sys');
  if (sys) assert.equal([sys.type, sys.options.includes('ro')], ['sysfs', true]);
  assert.match((await container.run('echo 1 >/proc/sys/kernel/ns_last_pid')).output, 'Read-only file system');
  assert.match((await container.run('umount /proc/sys')).output, /not permitted|must be superuser|permission denied/i);
  await container.end();

  const open = await start(['--security-opt', 'systempaths=unconfined']);
  const covers = mountsOf(open).filter(({ mountPoint }) => /^\/(proc|sys)\/./.test(mountPoint));
  assert.equal(covers, []);
  await open.end();
});

/** A folder of the host's with nodes of devices that everybody may read and write. */
function nodes(): string {
  const folder = temporaryDirectory();
  chmodSync(folder, 0o755);
  for (const [name, minor] of [
    ['tun', '200'],
    ['fuse', '229'],
  ] as const) {
    execFileSync('mknod', ['-m', '666', join(folder, name), 'c', '10', minor]);
  }
  return folder;
}

const readable = (path: string) => () => (existsSync(path) ? undefined : `needs ${path}`);
const tun = readable('/dev/net/tun');
/** With v1 lines in a file, with v2 a program: both say no with EPERM. */
const refused = /Operation not permitted/;

kernelTest(test, [...needs, tun], 'a device that was not allowed is not opened, wherever its node is', async () => {
  const folder = nodes();
  // The node is no trouble: in the step before it opens.
  const before = await startContainer(['11', '-v', `${folder}:/mnt`], { env: { SUDO_UID: '', SUDO_GID: '' } });
  await before.output('exec 3<>/mnt/tun');
  await before.end();

  const container = await start(['-v', `${folder}:/mnt`]);
  for (const way of ['<', '>', '<>']) assert.match((await container.run(`(: ${way}/mnt/tun)`)).output, refused, way);
  await container.output(
    'head -c 1 /dev/zero >/dev/null; echo >/dev/null; head -c 1 /dev/urandom >/dev/null; : <>/dev/ptmx',
  );
  assert.match((await container.run('mknod /root/disk b 7 0')).output, refused);
  await container.end();
});

kernelTest(
  test,
  [...needs, tun],
  '--device allows a device, in the ways that were named, and no other one',
  async () => {
    const folder = nodes();
    const container = await start(['-v', `${folder}:/mnt`, '--device', '/dev/net/tun:/dev/mine:r']);
    assert.is(statSync(`${rootOf(container)}/dev/mine`).rdev, statSync('/dev/net/tun').rdev);
    assert.not.ok(existsSync(`${rootOf(container)}/dev/net/tun`));
    await container.output('(: </dev/mine) && (: </mnt/tun)');
    for (const path of ['/dev/mine', '/mnt/tun']) assert.match((await container.run(`(: >${path})`)).output, refused);
    assert.match((await container.run('(: </mnt/fuse)')).output, refused);
    await container.end();

    const both = await start(['--device', '/dev/net/tun']);
    await both.output(': <>/dev/net/tun');
    await both.end();
  },
);

kernelTest(test, needs, 'cgroup v1: devices.list has these lines and no others; limits are beside them', async () => {
  const container = await start(['--device', '/dev/null:/dev/other:r', '--pids', '77']);
  assert.is(fileIn(groupOf(container.pid, 'pids'), 'pids.max', 'pids.max'), '77');
  const group = groupOf(container.pid, 'devices');
  const usualOnes = ['c *:* m', 'b *:* m', 'c 136:* rwm', 'c 5:0 rwm', 'c 5:2 rwm'];
  const harmless = ['c 1:3 rwm', 'c 1:5 rwm', 'c 1:7 rwm', 'c 1:8 rwm', 'c 1:9 rwm'];
  if (group.version === 1) {
    const list = read(join(group.directory, 'devices.list'));
    assert.equal(list.trim().split('\n').sort(), [...usualOnes, ...harmless].sort());
  }
  await container.end();
});

/** What each attempt of src/steps/12-attacks.c comes to: `allowed`, or the error. */
function attempts(output: string): Record<string, string> {
  return Object.fromEntries(
    output
      .trim()
      .split('\n')
      .map((line) => line.split(/ {2,}/)),
  );
}

kernelTest(
  test,
  [...needs, compilerMissing],
  'what root would do to the machine is refused, and each time by another line of defence',
  async () => {
    const folder = temporaryDirectory();
    chmodSync(folder, 0o755);
    execFileSync('cc', ['-o', join(folder, 'attacks'), join(top, 'src/steps/12-attacks.c')]);
    const words = ['-v', `${folder}:/mnt`];
    const tried = async (number: string, options: readonly string[] = []) => {
      const container = await startContainer([number, ...words, ...options], { env: { SUDO_UID: '', SUDO_GID: '' } });
      const output = await container.output(`/mnt/attacks ${process.pid}`);
      await container.end();
      return attempts(output);
    };
    const ways = ['mount', 'reboot', 'keyring', '/proc/sys', 'new user namespace'];
    const pick = (all: Record<string, string>) => ways.map((way) => all[way]?.replace(/EACCES|EROFS/, 'EPERM'));
    const [before, after] = [await tried('11'), await tried('12')];
    assert.equal(
      pick(before),
      ways.map(() => 'allowed'),
    );
    assert.equal(
      pick(after),
      ways.map(() => 'EPERM'),
    );
    for (const name of ['clock', 'kernel log', 'mknod of a disk']) assert.is(after[name], 'EPERM', name);
    assert.equal([after['chroot escape'], after['trace a neighbour']], ['leads nowhere', 'ESRCH']);

    // Without the filter, the capabilities answer for two of them, and a read-only mount for one.
    assert.equal(pick(await tried('12', ['--security-opt', 'seccomp=unconfined'])), [
      'EPERM',
      'EPERM',
      'allowed',
      'EPERM',
      'allowed',
    ]);
    // With all capabilities, the filter lets through what they are for.
    const all = await tried('12', ['--cap-add', 'ALL']);
    assert.equal([all.mount, all.keyring, all['/proc/sys']], ['allowed', 'EPERM', 'EROFS']);
  },
);

const USER_ID = 65534;

kernelTest(
  test,
  [canRun(12, 'rootless')],
  'an ordinary user: the same but for devices, and one line says so',
  async () => {
    const home = temporaryDirectory(USER_ID);
    const env = { HOME: home, XDG_CACHE_HOME: home, TMPDIR: home };
    const container = await startContainer(['12', '--rootless'], { uid: USER_ID, env });
    assert.equal(sets(container.pid), [NONE, usual, usual, usual, NONE]);
    assert.equal([field(container.pid, 'NoNewPrivs'), field(container.pid, 'Seccomp')], ['1', '2']);
    assert.is(readFileSync(`${rootOf(container)}/proc/timer_list`, 'utf8'), '');
    assert.is(container.narration.split('\n').filter((line) => /devices/.test(line)).length, 1, container.narration);
    await container.end();
  },
);

/** Only the lines of cgroup v2: on a machine that has both, its devices are then limited by a program. */
const inV2 = () => ({
  mountinfo: read('/proc/self/mountinfo')
    .split('\n')
    .filter((line) => line.includes(' - cgroup2 '))
    .join('\n'),
  cgroup: read('/proc/self/cgroup')
    .split('\n')
    .filter((line) => line.startsWith('0::'))
    .join('\n'),
});
const v2: Need = () => (inV2().mountinfo === '' ? 'needs cgroup v2' : undefined);

kernelTest(test, [root, tun, v2], 'cgroup v2: the program says yes and no as the lines of v1 do', async () => {
  const folder = nodes();
  const rules: readonly DeviceRule[] = [
    { type: 'c', major: 1, minor: 3, access: 'rwm' },
    { type: 'c', major: 10, minor: 200, access: 'r' },
    { type: 'b', access: 'm' },
    { type: 'c', major: 136, access: 'rw' },
  ];
  const group = planControlGroup({ devices: rules }, newOwnerName(), inV2());
  assert.equal(group.missing, []);
  onTestEnd(() => group.remove());
  perform(group.create);
  const tries = [
    ': </mnt/tun',
    ': >/mnt/tun',
    ': <>/mnt/tun',
    ': </mnt/fuse',
    ': >/dev/null',
    ': </dev/zero',
    'mknod /mnt/block b 7 0',
    ': </mnt/block',
    'mknod /mnt/tun2 c 10 200',
    'mknod /mnt/null2 c 1 3',
  ].map((line) => line.replaceAll('/mnt', folder));
  const script = `read go; ${tries.map((line) => `(${line}) 2>/dev/null && echo yes || echo no`).join('; ')}`;
  const shell = spawn('sh', ['-c', script], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestEnd(() => shell.kill('SIGKILL'));
  perform(group.join(shell.pid ?? 0));
  shell.stdin.end('go\n');
  const answers = (await text(shell.stdout)).trim().split('\n');
  assert.equal(
    tries.map((line, index) => `${line.replaceAll(folder, '/mnt')}: ${answers[index]}`),
    [
      ': </mnt/tun: yes',
      ': >/mnt/tun: no',
      ': <>/mnt/tun: no',
      ': </mnt/fuse: no',
      ': >/dev/null: yes',
      ': </dev/zero: no',
      'mknod /mnt/block b 7 0: yes',
      ': </mnt/block: no',
      'mknod /mnt/tun2 c 10 200: no',
      'mknod /mnt/null2 c 1 3: yes',
    ],
  );
});

test.run();
