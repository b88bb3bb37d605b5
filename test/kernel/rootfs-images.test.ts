/** Replacing, removing and packing images, and being stopped in the middle of it. */

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildImage } from '../../rootfs-builder/build.ts';
import { busyboxRecipe } from '../../rootfs-builder/busybox/recipe.ts';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { removeAbandoned, unknownWork } from '../../rootfs-builder/leftovers.ts';
import { inNamespaces } from '../../rootfs-builder/namespaces.ts';
import { pack } from '../../rootfs-builder/pack.ts';
import { removeTree } from '../../rootfs-builder/remove.ts';
import { removeImage } from '../../rootfs-builder/remove-image.ts';
import { run } from '../../rootfs-builder/run-program.ts';
import { tarRecipe } from '../../rootfs-builder/tar/recipe.ts';
import { newOwnerName } from '../../src/leftovers/owner.ts';
import { type Need, root, testWith } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const kit = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const staticBusybox: Need = () => (existsSync('/bin/busybox') ? undefined : 'needs busybox-static');

const test = suite<{ top: string; place: string }>('rootfs-images');
let top = '';
let place = '';

test.before.each(() => {
  top = mkdtempSync(join(tmpdir(), 'rootfs-images-'));
  place = join(top, 'rootfs');
});

test.after.each(() => removeTree(top));

const recipe = (text: string, during: (target: string) => Promise<void> = async () => {}) => ({
  name: 'x',
  title: '',
  takes: '',
  build: async (target: string) => {
    writeFileSync(join(target, 'who'), text);
    await during(target);
  },
});

const who = () => readFileSync(join(place, 'x/who'), 'utf8');
const replace = { replace: true };

/** Another process that builds x anew and never ends, with a program in namespaces that has something mounted. */
function endless(): ChildProcess {
  const script = `
    const { buildImage } = require('${kit}/rootfs-builder/build.ts');
    const { inNamespaces, inMappedNamespaces } = require('${kit}/rootfs-builder/namespaces.ts');
    const launch = process.geteuid() === 0 ? inNamespaces : inMappedNamespaces;
    buildImage({ name: 'x', build: (target, { signal }) =>
      launch(['sh', '-c', 'mkdir $0/m; mount -t tmpfs x $0/m; touch $0/m/x $0/mounted; sleep 77777 & sleep 77777', target], { signal }),
    }, '${place}/x', { replace: true }).catch((error) => {
      console.log(error.message);
      process.exitCode = error.status ?? 1;
    });`;
  const env = { PATH: process.env.PATH, TSX_DISABLE_CACHE: '1' };
  return spawn(process.execPath, ['-r', 'tsx/cjs', '-e', script], {
    cwd: kit,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

async function until(what: string, condition: () => boolean): Promise<void> {
  for (const deadline = Date.now() + patience(20_000); !condition(); await sleep(10)) {
    assert.ok(Date.now() < deadline, `waited 20 s in vain: ${what}`);
  }
}

const workshops = () => readdirSync(place).filter((name) => name.startsWith('.building-'));
const isMounted = () => workshops().some((name) => existsSync(join(place, name, 'image/mounted')));
const sleepers = () => spawnSync('pgrep', ['-fx', 'sleep 77777'], { encoding: 'utf8' }).stdout;

test('a build replaces the image, one that fails leaves it', async () => {
  await buildImage(recipe('old'), join(place, 'x'));
  await buildImage(recipe('new'), join(place, 'x'), replace);
  assert.is(who(), 'new');
  const failing = recipe('bad', async () => {
    throw new Error('no');
  });
  const error = await buildImage(failing, join(place, 'x'), replace).catch((reason: Error) => reason.message);
  assert.match(String(error), /no$/);
  assert.equal([who(), readdirSync(place)], ['new', ['x']]);
});

test('builds that replace at once leave one whole image', async () => {
  const builds = ['a', 'b', 'c', 'd'].map((text) =>
    buildImage(
      recipe(text, () => sleep(20)),
      join(place, 'x'),
      replace,
    ),
  );
  await Promise.all(builds);
  assert.match(who(), /^[abcd]$/);
  assert.equal(readdirSync(place), ['x']);
});

test('a link in the place of an image is replaced and removed itself', async () => {
  mkdirSync(join(top, 'elsewhere'));
  writeFileSync(join(top, 'elsewhere/file'), '');
  mkdirSync(place);
  symlinkSync('../elsewhere', join(place, 'x'));
  await buildImage(recipe('new'), join(place, 'x'), replace);
  assert.is(lstatSync(join(place, 'x')).isDirectory(), true);
  symlinkSync('../elsewhere', join(place, 'y'));
  await removeImage('y', place);
  assert.equal([readdirSync(place), readdirSync(join(top, 'elsewhere'))], [['x'], ['file']]);
});

for (const [signal, status] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGKILL', null],
] as const) {
  test(`${signal} leaves the old image, no processes and no mounts`, async () => {
    await buildImage(recipe('old'), join(place, 'x'));
    const mounts = readFileSync('/proc/self/mountinfo', 'utf8');
    const builder = endless();
    const closed = once(builder, 'close');
    try {
      await until('mounted', isMounted);
      assert.is(readFileSync('/proc/self/mountinfo', 'utf8'), mounts);
      builder.kill(signal);
      assert.is((await closed)[0], status);
      await until('no process', () => sleepers() === '');
      assert.is(readFileSync('/proc/self/mountinfo', 'utf8'), mounts);
      assert.is(who(), 'old');
      await removeAbandoned(place);
      assert.equal(readdirSync(place), ['x']);
    } finally {
      builder.kill('SIGKILL');
    }
  });
}

test('an image that was on its way out when its builder was killed is put back', async () => {
  await buildImage(recipe('old'), join(place, 'x'));
  // A process of this machine and this PID namespace, of a number that none has.
  const owner = newOwnerName().replace(/-\d+-\d+-\d+$/, '-4194303-3-4');
  const abandoned = join(place, `.building-x-${owner}`);
  mkdirSync(abandoned);
  renameSync(join(place, 'x'), join(abandoned, 'replaced'));
  await removeAbandoned(place);
  assert.equal([who(), readdirSync(place)], ['old', ['x']]);
});

test('unfinished work of another machine stays, and what to do is said', async () => {
  const boot = /[0-9a-f]{8}/.exec(newOwnerName())?.[0] ?? '';
  const owner = newOwnerName().replace(boot, boot === '01234567' ? '12345678' : '01234567');
  const workshop = join(place, `.building-x-${owner}`);
  mkdirSync(workshop, { recursive: true });
  assert.equal(await removeAbandoned(place), []);
  assert.ok(existsSync(workshop));
  const [line = '', ...more] = unknownWork(place);
  assert.equal(more, []);
  assert.match(line, `left alone: unfinished image ${workshop}, made by process ${process.pid} on another machine`);
  assert.ok(line.endsWith(`(if that has ended: rm -r ${workshop})`));
});

testWith(test, [staticBusybox], 'busybox: every name is a link to the one program, and it is used', async () => {
  const image = await ensureImage('busybox', { place });
  const links = readdirSync(image, { recursive: true, withFileTypes: true }).filter((entry) => entry.isSymbolicLink());
  assert.ok(links.length > 100);
  for (const { parentPath, name } of links) assert.ok(existsSync(join(parentPath, name)), name);
  const asRoot = process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const words = [...asRoot, '/usr/sbin/chroot', image, '/bin/sh', '-c', 'id -u; ls / | head -n 1; which vi'];
  const { status, stdout } = spawnSync('unshare', words, {
    encoding: 'utf8',
    timeout: patience(20_000),
    env: { PATH: process.env.PATH },
  });
  assert.equal([status, stdout], [0, '0\nbin\n/bin/vi\n']);
});

testWith(test, [staticBusybox, root], 'an image that somebody is in is neither replaced nor removed', async () => {
  const image = await ensureImage('busybox', { place });
  const inside = spawn('chroot', [image, '/bin/sh', '-c', 'echo in; read x'], { stdio: ['pipe', 'pipe', 'inherit'] });
  try {
    await once(inside.stdout, 'data');
    for (const attempt of [() => buildImage(busyboxRecipe, image, replace), () => removeImage('busybox', place)]) {
      const error = await attempt().catch((reason: Error) => reason.message);
      assert.match(String(error), `is in use: process ${inside.pid} (sh)`);
    }
    assert.equal(readdirSync(place), ['busybox']);
  } finally {
    inside.kill('SIGKILL');
    await once(inside, 'close');
  }
  await removeImage('busybox', place);
  assert.equal(readdirSync(place), []);
});

testWith(test, [root], 'what is mounted in an image is not removed with it', async () => {
  mkdirSync(join(place, 'x/mnt point'), { recursive: true });
  const script = `const { removeImage } = require('${kit}/rootfs-builder/remove-image.ts');
    removeImage('x', '${place}').catch((error) => console.log(error.message));`;
  const { lines } = await inNamespaces([
    ...['sh', '-c', 'mount --bind /usr "$0" && cd "$1" && shift && exec "$@"', join(place, 'x/mnt point'), kit],
    // The builder gives what it runs an environment of its own.
    ...['env', 'TSX_DISABLE_CACHE=1', process.execPath, '-r', 'tsx/cjs', '-e', script],
  ]);
  assert.match(lines.join('\n'), `something is mounted on ${place}/x/mnt point`);
  assert.ok(existsSync(join(place, 'x/mnt point')));
});

test('pack and tar: the same again, without what the kernel or a cache holds', async () => {
  const source = join(place, 'x');
  await buildImage(recipe('x'), source);
  for (const folder of ['proc', 'sys', 'dev', 'tmp', 'var/cache/apt/archives', 'var/lib/apt/lists', 'etc']) {
    mkdirSync(join(source, folder), { recursive: true });
    writeFileSync(join(source, folder, 'file'), folder);
  }
  symlinkSync('/etc/passwd', join(source, 'link'));
  symlinkSync(top, join(source, 'way-out'));
  spawnSync('truncate', ['--size=5M', join(source, 'hole')]);
  chmodSync(join(source, 'who'), 0);
  const files = ['a.tar', 'b.tar.gz', 'c.tar.xz', 'd.tar.zst', 'e.tar.gz'].map((name) => join(top, name));
  for (const file of files) await pack(source, file);
  assert.ok(readFileSync(files[1] ?? '').equals(readFileSync(files[4] ?? '')), 'twice the same');
  for (const file of files) {
    await buildImage(tarRecipe('y', file), join(place, 'y'), replace);
    // Node's own recursive listing would follow the link.
    const { stdout } = spawnSync('find', ['.', '-mindepth', '1', '-printf', '%P\n'], {
      cwd: join(place, 'y'),
      encoding: 'utf8',
    });
    const found = stdout.trim().split('\n').sort();
    const folders = [
      'dev',
      'etc',
      'etc/file',
      'hole',
      'link',
      'proc',
      'sys',
      'tmp',
      'var',
      'var/cache',
      'var/cache/apt',
    ];
    assert.equal(found, [...folders, 'var/lib', 'var/lib/apt', 'var/lib/apt/lists', 'way-out', 'who'], file);
    assert.equal(
      [lstatSync(join(place, 'y/hole')).size, lstatSync(join(place, 'y/hole')).blocks < 100],
      [5 * 2 ** 20, true],
    );
  }
  assert.equal(
    readdirSync(top).filter((name) => name.startsWith('.')),
    [],
  );
});

test('a program that says nothing, or goes on for too long, is stopped', async () => {
  const start = Date.now();
  const silent = await run(['sleep', '60'], { silenceMs: 200 });
  const long = await run(['sh', '-c', 'while echo .; do sleep 0.05; done'], { silenceMs: 5000, limitMs: 400 });
  assert.equal([silent.stopped, long.stopped], ['said nothing for 0.2 seconds', 'took more than 0.4 seconds']);
  assert.ok(Date.now() - start < 10_000);
});

test.run();
