/** Step 8: the program runs from the image, whose files are root's inside; the host is as it was. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { release } from 'node:os';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { type ContainerOptions, startContainer } from '../support/container.ts';
import { copyOf, identity, rootOf } from '../support/image.ts';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { lab, read, top } from '../support/lab.ts';
import { canRun, program } from '../support/needs.ts';

const test = suite('step 8');
const needs = [canRun(8)];
const SUDO_USER = 1234;

let image = '';
test.before(async () => {
  image = await ensureImage('host');
});

/** Without what a real sudo around the tests would add. */
const start = (words: readonly string[] = [], { env, ...rest }: ContainerOptions = {}) =>
  startContainer(['8', ...words], { env: { SUDO_UID: '', SUDO_GID: '', ...env }, ...rest });

const copyOfImage = (owner?: number) => copyOf(image, owner);

kernelTest(test, needs, 'the root and working directory are the image', async () => {
  const container = await start();
  assert.is(identity(`${rootOf(container)}/.`), identity(image));
  assert.is(identity(`/proc/${container.pid}/cwd/.`), identity(image));
  assert.is.not(identity(`${rootOf(container)}/.`), identity('/'));
  assert.equal((await container.output('ls -a /')).split('\n').sort(), ['.', '..', ...readdirSync(image)].sort());
  assert.is(await container.output('pwd'), '/');
  assert.is(await container.output('ls /..'), await container.output('ls /'));
  assert.is(await container.end(), 0);
});

kernelTest(test, needs, "the program and its libraries are the image's", async () => {
  const container = await start();
  assert.is(identity(`/proc/${container.pid}/exe`), identity(join(image, 'usr/bin/sh')));
  const libraries = read(`/proc/${container.pid}/maps`).match(/^.* (\S+) +\/\S+$/gm) ?? [];
  assert.ok(libraries.length > 0);
  for (const line of libraries) {
    const [, , , device = '', inode] = line.split(/\s+/);
    const path = line.slice(line.indexOf('/'));
    const file = join(image, path.slice(path.startsWith(image) ? image.length : 0));
    assert.is(inode, String(statSync(file).ino), line);
    assert.ok(device);
  }
  await container.end();
});

kernelTest(test, needs, '/etc/os-release is from the image, and the kernel is the host’s', async () => {
  const container = await start();
  const text = await container.output('cat /etc/os-release');
  assert.is(`${text}\n`, readFileSync(join(image, 'etc/os-release'), 'utf8'));
  assert.is.not(`${text}\n`, read('/etc/os-release'));
  assert.match(text, /^ID=container-lab$/m);
  assert.is(await container.output('uname -r'), release());
  await container.end();
});

kernelTest(test, needs, 'nothing of the host’s environment is in the program’s', async () => {
  const container = await start(['--hostname', 'eight'], { env: { KERNEL_TEST_SECRET: 'x', LD_PRELOAD_X: 'y' } });
  const environment = read(`/proc/${container.pid}/environ`).split('\0').filter(Boolean);
  const names = environment.map((entry) => entry.split('=')[0]).sort();
  assert.equal(names, ['CONTAINER_LAB', 'HOME', 'HOSTNAME', 'LANG', 'PATH', 'PS1', 'TERM', 'USER']);
  assert.ok(environment.includes('HOME=/root') && environment.includes('HOSTNAME=eight'));
  await container.end();
});

kernelTest(test, needs, '/proc shows the processes of the container only', async () => {
  const container = await start();
  assert.equal(
    readdirSync(`${rootOf(container)}/proc`).filter((name) => /^\d+$/.test(name)),
    ['1'],
  );
  assert.match(await container.output('ps -e -o pid=,comm='), /^\s*1 sh\n/);
  await container.end();
});

kernelTest(test, needs, '/dev has the usual nodes, and no other', async () => {
  const container = await start();
  const dev = `${rootOf(container)}/dev`;
  const nodes = ['full', 'null', 'random', 'tty', 'urandom', 'zero'];
  const links = ['fd', 'ptmx', 'stderr', 'stdin', 'stdout'];
  assert.equal(readdirSync(dev).sort(), [...nodes, ...links, 'pts'].sort());
  const numbers = nodes.map((name) => {
    const status = lstatSync(join(dev, name));
    assert.ok(status.isCharacterDevice(), name);
    return `${name} ${Math.floor(status.rdev / 256)}:${status.rdev % 256} ${(status.mode & 0o777).toString(8)}`;
  });
  assert.equal(numbers, [
    'full 1:7 666',
    'null 1:3 666',
    'random 1:8 666',
    'tty 5:0 666',
    'urandom 1:9 666',
    'zero 1:5 666',
  ]);
  const ptmx = statSync(join(dev, 'pts/ptmx'));
  assert.equal([Math.floor(ptmx.rdev / 256), ptmx.rdev % 256, ptmx.mode & 0o777], [5, 2, 0o666]);
  assert.equal(links.map((name) => readlinkSync(join(dev, name))).slice(0, 2), ['/proc/self/fd', 'pts/ptmx']);
  await container.end();
});

kernelTest(test, needs, 'the devices work inside', async () => {
  const container = await start();
  assert.is(await container.output('echo x >/dev/null; wc -c </dev/null'), '0');
  assert.is(await container.output('head -c 3 /dev/zero | od -An -tx1'), ' 00 00 00');
  assert.is(await container.output('head -c 1000 /dev/urandom | wc -c; head -c 10 /dev/random | wc -c'), '1000\n10');
  assert.match((await container.run('head -c 9 /dev/zero >/dev/full')).output, /[Nn]o space left/);
  assert.is(await container.output('echo text | cat /dev/stdin | tee /dev/stderr 2>/dev/null'), 'text');
  // A terminal of its own: the first in its own /dev/pts, which the host's does not show.
  const before = readdirSync('/dev/pts');
  assert.is(await container.output('exec 3<>/dev/ptmx; ls /dev/pts'), '0\nptmx');
  assert.equal(readdirSync('/dev/pts'), before);
  await container.end();
});

kernelTest(test, needs, 'the files of an image of real root are root’s inside, and real root’s on disk', async () => {
  const copy = copyOfImage();
  const container = await start(['--rootfs', copy]);
  assert.is(read(`/proc/${container.pid}/uid_map`).trim().split(/\s+/)[1], '1000000000');
  const paths = '/ /etc /etc/passwd /usr/bin/env';
  assert.is(await container.output(`stat -L -c %u:%g ${paths} | sort -u`), '0:0');
  await container.output('echo made inside >/etc/made; mkdir /opt-made; chown 7:8 /opt-made');
  const [made, changed] = [statSync(join(copy, 'etc/made')), statSync(join(copy, 'opt-made'))];
  assert.equal([made.uid, made.gid, changed.uid, changed.gid], [0, 0, 7, 8]);
  assert.is(readFileSync(join(copy, 'etc/made'), 'utf8'), 'made inside\n');
  assert.is(statSync(join(copy, 'etc/passwd')).uid, 0);
  await container.end();
  assert.equal(readdirSync(join(copy, 'dev')), [], 'what was mounted there is gone');
  assert.equal(readdirSync(join(copy, 'proc')), []);
});

kernelTest(test, needs, 'the files of an image of the user who called sudo are root’s inside, too', async () => {
  const copy = copyOfImage(SUDO_USER);
  const env = { SUDO_UID: String(SUDO_USER), SUDO_GID: String(SUDO_USER) };
  const container = await start(['--rootfs', copy], { env });
  assert.is(read(`/proc/${container.pid}/uid_map`).trim().split(/\s+/).join(' '), `0 ${SUDO_USER} 1`);
  assert.is(await container.output('stat -L -c %u:%g / /etc /etc/passwd /usr/bin/env | sort -u'), '0:0');
  await container.output('echo made inside >/etc/made');
  const { uid, gid } = statSync(join(copy, 'etc/made'));
  assert.equal([uid, gid], [SUDO_USER, SUDO_USER]);
  await container.end();
});

kernelTest(test, needs, 'an image of somebody else’s is nobody’s inside, and the kit says so', async () => {
  const container = await start(['--rootfs', copyOfImage(4321)]);
  assert.is(await container.output('stat -c %u /etc/passwd'), '65534');
  assert.match(container.narration, 'belong to user 4321');
  await container.end();
});

kernelTest(
  test,
  [...needs, program('unshare')],
  'a shared "/" sees nothing of an image of the sudo user either',
  async () => {
    const copy = copyOfImage(SUDO_USER);
    const env = { SUDO_UID: String(SUDO_USER), SUDO_GID: String(SUDO_USER) };
    const wrap = ['unshare', '--mount', '--propagation', 'shared'];
    const container = await start(['--rootfs', copy], { env, wrap });
    assert.not.match(read(`/proc/${container.started}/mountinfo`), basename(join(copy, '..')));
    assert.match(read(`/proc/${container.started}/mountinfo`), ' shared:');
    await container.end();
  },
);

kernelTest(test, needs, '--rootfs: a directory, also one relative to where npm was called', async () => {
  const copy = copyOfImage();
  const container = await start(['--rootfs', './image'], { env: { INIT_CWD: join(copy, '..') } });
  assert.is(identity(`${rootOf(container)}/.`), identity(copy));
  await container.end();
  const named = await start(['--rootfs', 'host']);
  assert.is(identity(`${rootOf(named)}/.`), identity(image));
  await named.end();
});

kernelTest(test, needs, 'an image needs no /proc and no /dev, and its links do not lead outside', async () => {
  const copy = copyOfImage();
  execFileSync('rm', ['-r', join(copy, 'proc'), join(copy, 'dev')]);
  const outside = temporaryDirectory();
  symlinkSync(outside, join(copy, 'dev'));
  const { status, stderr } = lab(['step', '8', '--rootfs', copy, '--', 'true']);
  assert.equal(readdirSync(outside), [], `${status} ${stderr}`);
  execFileSync('rm', [join(copy, 'dev')]);
  assert.is(lab(['step', '8', '--rootfs', copy, '--', 'test', '-c', '/dev/null', '-a', '-d', '/proc/1']).status, 0);
});

kernelTest(
  test,
  needs,
  'during the run the host’s mount table and the image’s /dev on disk are as before',
  async () => {
    const before = read('/proc/self/mountinfo');
    const container = await start();
    assert.is(read('/proc/self/mountinfo'), before);
    assert.equal(readdirSync(join(image, 'dev')), []);
    assert.equal(readdirSync(join(image, 'proc')), []);
    await container.end();
    assert.is(read('/proc/self/mountinfo'), before);
  },
);

kernelTest(test, needs, 'a directory with no program in it: nothing is started', () => {
  const empty = temporaryDirectory();
  mkdirSync(join(empty, 'etc'));
  const { status, stderr } = lab(['step', '8', '--rootfs', empty]);
  assert.is(status, 127);
  assert.match(stderr, /sh: command not found in/);
  assert.equal(readdirSync(empty), ['etc']);
  assert.ok(existsSync(top));
});

test.run();
