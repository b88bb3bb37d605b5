/** Every step as an ordinary user: what the kernel says of the container, seen by root. */
import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseMountinfo } from '../../src/proc/mountinfo.ts';
import { groupOf } from '../support/cgroup-files.ts';
import { type Container, startContainer } from '../support/container.ts';
import { kernelTest, onTestEnd, temporaryDirectory, until } from '../support/kernel-test.ts';
import { lab, markedProcesses, namespacesOf, ownLinks, read, statFields } from '../support/lab.ts';
import { canRun, otherUsers, program, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';
import { numbersOf } from '../support/steps.ts';

const test = suite('rootless');

/** nobody: no account is more ordinary, and every machine has it. */
const USER = 65534;

/** A user with a home of their own; images and other files go there. */
function user() {
  const home = temporaryDirectory(USER);
  return { uid: USER, env: { HOME: home, XDG_CACHE_HOME: home, TMPDIR: home } };
}

/** A home that outlives single tests, so that the image is built once. */
let settled: ReturnType<typeof user> | undefined;

const start = (words: readonly string[], who = user()) => startContainer([...words, '--rootless'], who);

const added = ['uts', 'ipc', 'pid', 'mnt', 'user', 'net'];
const statusOf = ({ pid }: Container, field: string) =>
  new RegExp(`^${field}:\\s*(.*)$`, 'm')
    .exec(read(`/proc/${pid}/status`))?.[1]
    ?.split(/\s+/)
    .join(' ');

for (const step of numbersOf('uts')) {
  kernelTest(
    test,
    [canRun(step, 'rootless')],
    `step ${step}: its namespaces, and a user namespace in any case`,
    async () => {
      const host = namespacesOf('self');
      const container = await start([String(step), '--hostname', `rootless-${step}`]);
      const inside = namespacesOf(container.pid);
      const views = numbersOf('cgroup').includes(step) ? ['cgroup'] : [];
      const changed = Object.keys(host).filter((name) => inside[name] !== host[name]);
      assert.equal(changed.sort(), [...new Set([...added.slice(0, step), 'user', ...views])].sort());

      assert.is(read(`/proc/${container.pid}/uid_map`).trim().split(/\s+/).join(' '), `0 ${USER} 1`);
      assert.is(read(`/proc/${container.pid}/gid_map`).trim().split(/\s+/).join(' '), `0 ${USER} 1`);
      assert.is(read(`/proc/${container.pid}/setgroups`), 'deny\n');
      assert.is(statusOf(container, 'Uid'), [USER, USER, USER, USER].join(' '));
      assert.is(statusOf(container, 'Gid'), [USER, USER, USER, USER].join(' '));
      assert.is(await container.output('id -u'), '0');
      assert.is(await container.output('hostname'), `rootless-${step}`);
      assert.is.not(readFileSync('/proc/sys/kernel/hostname', 'utf8').trim(), `rootless-${step}`);
      assert.is(await container.end(7), 7);
    },
  );
}

for (const step of numbersOf()) {
  kernelTest(test, [root, otherUsers], `step ${step} without root and without --rootless`, () => {
    const { uid, env } = user();
    const witness = join(env.HOME, 'started');
    const { status, stdout, stderr } = lab(['step', String(step), '--', 'touch', witness], { uid, env });
    if (step === 0) {
      assert.equal([status, stdout], [0, 'Hello\nWorld\n'], 'needs no root');
      return;
    }
    assert.is.not(status, 0);
    assert.is(stdout, '');
    assert.match(stderr, 'sudo');
    assert.match(stderr, '--rootless');
    assert.is(stderr.trim().split('\n').length, 1, stderr);
    assert.is(existsSync(witness), false);
  });
}

kernelTest(test, [canRun(4, 'rootless')], 'step 4: /proc is new, and shows the container only', async () => {
  const container = await start(['4']);
  assert.equal(
    readdirSync(`/proc/${container.pid}/root/proc`).filter((name) => /^\d+$/.test(name)),
    ['1'],
  );
  await container.end();
});

kernelTest(
  test,
  [canRun(8, 'rootless'), program('setpriv')],
  'steps 4 to 8 show nothing of their mounts to a shared "/"',
  async () => {
    settled = user();
    const wrap = [
      'unshare',
      '--mount',
      '--propagation',
      'shared',
      'setpriv',
      `--reuid=${USER}`,
      `--regid=${USER}`,
      '--clear-groups',
    ];
    for (const step of ['4', '5', '6', '7', '8']) {
      const before = read('/proc/self/mountinfo').split('\n').length;
      const container = await startContainer([step, '--rootless'], { env: settled.env, wrap });
      const table = read(`/proc/${container.started}/mountinfo`);
      assert.match(table, ' shared:');
      assert.is(table.split('\n').length, before, `step ${step}`);
      assert.not.match(read(`/proc/${container.pid}/mountinfo`), ' shared:');
      await container.end();
    }
  },
);

kernelTest(test, [canRun(5, 'rootless')], "step 5: a file made inside is the user's outside", async () => {
  const who = user();
  const container = await start(['5'], who);
  await container.output(`: >${who.env.HOME}/made`);
  const { uid, gid } = statSync(join(who.env.HOME, 'made'));
  assert.equal([uid, gid], [USER, USER]);
  assert.is(await container.output(`stat -c %u:%g ${who.env.HOME}/made /etc/passwd`), '0:0\n65534:65534');
  assert.is.not((await container.run('cat /etc/shadow')).status, 0);
  await container.end();
});

kernelTest(test, [canRun(6, 'rootless'), program('nsenter')], 'step 6: only lo, and it is up', async () => {
  const links = ownLinks();
  const container = await start(['6']);
  const words = ['-t', String(container.pid), '--net', 'ip', '-j', 'addr'];
  const interfaces = JSON.parse(execFileSync('nsenter', words, { encoding: 'utf8' }));
  assert.equal(
    interfaces.map((end: { ifname: string }) => end.ifname),
    ['lo'],
  );
  assert.ok(interfaces[0].flags.includes('UP'));
  assert.is(interfaces[0].addr_info[0].local, '127.0.0.1');
  assert.equal(ownLinks(), links);
  assert.match(container.narration, /Without root there is no veth pair/);
  await container.end();
});

kernelTest(test, [canRun(7, 'rootless')], 'step 7: limits hold, or the kit says which do not', async () => {
  const container = await start(['7', '--pids', '20', '--memory', '100m']);
  for (const controller of ['pids', 'memory'] as const) {
    const isLimited = groupOf(container.pid, controller).directory !== groupOf('self', controller).directory;
    const isNamed = new RegExp(`^(\\w+, )*${controller}(, \\w+)*: `, 'm').test(container.narration);
    assert.is(isLimited, !isNamed, `${controller}: ${container.narration}`);
  }
  await container.end();
});

kernelTest(
  test,
  [canRun(8, 'rootless')],
  "step 8: the image's files are root's inside when they are the user's",
  async () => {
    const who = user();
    const image = join(who.env.HOME, 'image');
    // As the user would have it: built by themselves, in a directory of their own.
    const script = `const { ensureImage } = require('./rootfs-builder/images.ts'); void ensureImage('host', { place: '${who.env.HOME}' });`;
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=commonjs', '-e', script], {
      uid: USER,
      gid: USER,
      env: { ...process.env, ...who.env },
      timeout: patience(20_000),
    });
    execFileSync('mv', [join(who.env.HOME, 'host'), image]);
    const container = await start(['8', '--rootfs', image], who);
    assert.is(await container.output('stat -L -c %u:%g / /etc /etc/passwd /usr/bin/env | sort -u'), '0:0');
    await container.output('echo made >/etc/made; mkdir /srv-made');
    assert.equal([statSync(join(image, 'etc/made')).uid, statSync(join(image, 'srv-made')).uid], [USER, USER]);
    const { dev, ino } = statSync(`/proc/${container.pid}/root/.`);
    assert.equal([dev, ino], [statSync(image).dev, statSync(image).ino]);
    assert.equal(readdirSync(join(image, 'dev')), []);
    await container.end();
  },
);

kernelTest(
  test,
  [canRun(9, 'rootless'), program('mount')],
  "step 9: nothing of the host's is left, a volume is the user's, and read-only with all that is in it",
  async () => {
    const who = user();
    const folder = join(who.env.HOME, 'folder');
    for (const path of [folder, join(folder, 'below')]) {
      mkdirSync(path);
      chownSync(path, USER, USER);
    }
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'mode=777', 'tmpfs', join(folder, 'below')]);
    onTestEnd(() => execFileSync('umount', [join(folder, 'below')]));
    // The image is in the home: what the container mounts in it is not seen in the copy.
    const volumes = ['-v', `${folder}:/mnt`, '-v', `${folder}:/run:ro`, '-v', `${who.env.HOME}:/home:ro`];
    const words = ['9', '--read-only', '--tmpfs', '/tmp', ...volumes];
    const container = await start(words, who);
    const points = parseMountinfo(read(`/proc/${container.pid}/mountinfo`)).map(({ mountPoint }) => mountPoint);
    assert.equal(points.filter((point) => !point.startsWith('/dev/')).sort(), [
      '/',
      '/dev',
      '/home',
      '/home/folder/below',
      '/mnt',
      '/mnt/below',
      '/proc',
      '/run',
      '/run/below',
      '/tmp',
    ]);
    await container.output('touch /tmp/made /mnt/made /mnt/below/made');
    assert.is(statSync(join(folder, 'made')).uid, USER);
    for (const path of ['/', '/run', '/run/below']) {
      assert.match((await container.run(`touch ${path}/no`)).output, 'Read-only file system', path);
    }
    const wayOut = 'nsenter --root=/usr --wd=/ chroot ../../../../../../../../../.. stat -c %d:%i /';
    const { dev, ino } = statSync(`/proc/${container.pid}/root/.`);
    assert.is(await container.output(wayOut), `${dev}:${ino}`);
    await container.end();
  },
);

kernelTest(
  test,
  [canRun(10, 'rootless')],
  'step 10: an overlay, whose layers are the user’s; the image stays as it was',
  async () => {
    const who = user();
    const kit = (words: readonly string[]) => lab(words, who);
    const container = await start(['10', '--keep', 'mine'], who);
    assert.match(read(`/proc/${container.pid}/mountinfo`), / \/ \/ \S+ .*- overlay overlay .*userxattr/);
    await container.output(
      'rm /etc/hosts; rm -r /var; mkdir /var; echo made >/etc/made; mkdir -p /closed/in; chmod 0 /closed',
    );
    assert.match((await container.run('cat /etc/hosts')).output, 'No such file');
    await container.end();
    const image = join(who.env.HOME, 'container-lab/rootfs/host');
    assert.ok(existsSync(join(image, 'etc/hosts')) && !existsSync(join(image, 'etc/made')));
    const upper = join(who.env.HOME, 'container-lab/rootfs/.layers/mine/upper');
    assert.is(statSync(join(upper, 'etc/made')).uid, USER);
    assert.match(kit(['layers', 'commit', 'mine', 'other']).stderr, /closed.*Permission denied|^$/);
    assert.is(kit(['layers', 'rm', 'mine']).status, 0);
    assert.not.ok(existsSync(join(upper, '..')), 'closed folders, too');
    const other = await start(['10'], who);
    await other.output('mkdir -p /closed/in; chmod 0 /closed');
    await other.end();
    assert.equal(
      readdirSync(who.env.TMPDIR).filter((name) => name.startsWith('container-lab-')),
      [],
    );
  },
);

kernelTest(
  test,
  [canRun(11, 'rootless')],
  'step 11: lo alone; what would take a bridge is refused in one line',
  async () => {
    const who = user();
    const container = await start(['11'], who);
    assert.match(
      container.narration,
      'Without root there is no bridge, for it would belong to the host: only lo is up.',
    );
    assert.match(read(`/proc/${container.pid}/net/dev`), /^ *lo:/m);
    assert.not.match(read(`/proc/${container.pid}/net/dev`), 'eth0');
    await container.end();
    for (const [option = '', ...value] of [
      ['--publish', '8080:80'],
      ['--ip', '10.11.0.9'],
      ['--device-net', 'eth1'],
    ]) {
      const { status, stderr } = lab(['step', '11', '--rootless', option, ...value, 'true'], who);
      assert.is(status, 2);
      assert.is(stderr, `${option}: without root there is no bridge, and no interface can be moved. Run with sudo.\n`);
    }
  },
);

kernelTest(test, [canRun(1, 'rootless')], 'a daemon left behind by step 1 is ended without root, too', async () => {
  const container = await start(['1']);
  await container.run('(setsid sleep 300 &)');
  const children = () => read(`/proc/${container.started}/task/${container.started}/children`).trim().split(' ');
  const left = await until('a daemon', () =>
    children().find((pid) => Number(pid) !== container.pid && statFields(pid)[1] === '(sleep)'),
  );
  assert.match(read(`/proc/${left}/comm`), 'sleep');
  await container.end();
  assert.equal(statFields(left), []);
  assert.equal(markedProcesses(), []);
});

kernelTest(test, [root], 'root gets no --rootless', () => {
  const { status, stdout, stderr } = lab(['step', '4', '--rootless', '--', 'echo', 'started']);
  assert.equal([status, stdout], [2, '']);
  assert.match(stderr, /--rootless/);
});

test.run();
