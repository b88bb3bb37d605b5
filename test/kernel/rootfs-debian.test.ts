/** The real thing: Debian from its mirror, once, and what can go wrong on the way. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildImage } from '../../rootfs-builder/build.ts';
import { chooseEngine } from '../../rootfs-builder/debian/engine.ts';
import { debianRecipe, whatToBuild } from '../../rootfs-builder/debian/recipe.ts';
import { removeAbandoned } from '../../rootfs-builder/leftovers.ts';
import { removeTree } from '../../rootfs-builder/remove.ts';
import { type Need, root, testWith } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const kit = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const test = suite('rootfs-debian');
const cacheBefore = process.env.XDG_CACHE_HOME;
let top = '';
let place = '';

const engine: Need = () => {
  try {
    chooseEngine();
    return undefined;
  } catch (error) {
    return `needs debootstrap, or mmdebstrap and uidmap (${(error as Error).message})`;
  }
};

const LOOK = `fetch(process.argv[1], { method: 'HEAD', signal: AbortSignal.timeout(10000) })
  .then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))`;

const mirror: Need = () => {
  if (engine() !== undefined) return undefined;
  const wanted = whatToBuild({});
  const { status } = spawnSync(process.execPath, ['-e', LOOK, `${wanted.mirror}/dists/${wanted.suite}/Release`]);
  return status === 0 ? undefined : `needs the network: ${wanted.mirror} does not answer`;
};

test.before(() => {
  top = mkdtempSync(join(tmpdir(), 'rootfs-debian-'));
  place = join(top, 'rootfs');
  process.env.XDG_CACHE_HOME = join(top, 'cache');
});

test.after(async () => {
  if (cacheBefore === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cacheBefore;
  await removeTree(top);
});

const mountinfo = () => readFileSync('/proc/self/mountinfo', 'utf8');
const workers = () => spawnSync('pgrep', ['-f', `debstrap.*${top}|bootstrap.*${top}`], { encoding: 'utf8' }).stdout;

/** Paths, modes, and sizes of files. */
function listing(directory: string): string {
  const words = [
    '.',
    '-mindepth',
    '1',
    '(',
    '-type',
    'f',
    '-printf',
    '%p %m %s\\n',
    '-o',
    '-printf',
    '%p %m %l\\n',
    ')',
  ];
  return spawnSync('find', words, { cwd: directory, encoding: 'utf8' }).stdout.split('\n').sort().join('\n');
}

function inImage(...command: string[]) {
  const asRoot = process.geteuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const words = ['--mount', '--pid', '--fork', '--kill-child', ...asRoot, 'chroot', join(place, 'debian'), ...command];
  const env = { PATH: '/usr/sbin:/usr/bin:/sbin:/bin' };
  return spawnSync('unshare', words, { encoding: 'utf8', env, timeout: patience(20_000) });
}

let first = '';

testWith(test, [engine, mirror], 'killed in the middle, a build leaves no process, no mount and no image', async () => {
  const script = `
    const { buildImage } = require('${kit}/rootfs-builder/build.ts');
    const { debianRecipe } = require('${kit}/rootfs-builder/debian/recipe.ts');
    buildImage(debianRecipe(), '${place}/debian', { progress: (done, phase) => console.log(phase) });`;
  const before = mountinfo();
  const builder = spawn(process.execPath, ['-r', 'tsx/cjs', '-e', script], {
    cwd: kit,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const closed = once(builder, 'close');
    for await (const text of builder.stdout) if (/Installing|Unpacking|Configuring/.test(String(text))) break;
    assert.is.not(workers(), '');
    builder.kill('SIGKILL');
    await closed;
    for (const deadline = Date.now() + 10_000; workers() !== ''; await sleep(50))
      assert.ok(Date.now() < deadline, workers());
    assert.is(mountinfo(), before);
    await removeAbandoned(place);
    assert.equal(readdirSync(place), []);
  } finally {
    builder.kill('SIGKILL');
  }
});

testWith(
  test,
  [engine, mirror],
  'a first build shows its phases and leaves /proc alone; a second one is the same, from the cache',
  async () => {
    const before = mountinfo();
    const phases = new Set<string>();
    const done: number[] = [];
    const progress = (part: number, phase: string) => {
      phases.add(phase);
      done.push(part);
    };
    const build = async () => {
      const start = performance.now();
      await buildImage(debianRecipe(), join(place, 'debian'), { replace: true, progress });
      return performance.now() - start;
    };
    const fresh = await build();
    assert.ok(phases.has('Downloading packages') && phases.has('Unpacking') && phases.size > 5);
    assert.ok(
      done.every((part, index) => part >= (done[index - 1] ?? 0) && part <= 1),
      'progress goes forward',
    );
    first = listing(join(place, 'debian'));
    done.length = 0;
    const cached = await build();
    assert.ok(cached < fresh / 2, `${Math.round(fresh)} ms, from the cache ${Math.round(cached)} ms`);
    assert.ok(listing(join(place, 'debian')) === first, 'the same paths, modes and sizes');
    assert.equal([mountinfo() === before, workers(), readdirSync(place)], [true, '', ['debian']]);
  },
);

testWith(test, [engine, mirror], 'the image has what the lessons use, and nothing of this machine', () => {
  const programs = 'bash ps top ip ss ping unshare nsenter lsns capsh less awk mount tar apt-get';
  const { stdout, stderr } = inImage(
    '/bin/bash',
    '-c',
    `for p in ${programs}; do [ -n "$(type -p $p)" ] || echo no $p; done; id -u`,
  );
  assert.equal([stdout, stderr], ['0\n', '']);
  const image = join(place, 'debian');
  for (const path of [
    'etc/machine-id',
    'etc/hostname',
    'etc/resolv.conf',
    'var/log/dpkg.log',
    'var/log/bootstrap.log',
  ]) {
    assert.is(existsSync(join(image, path)), false, path);
  }
  for (const path of ['proc', 'sys', 'dev', 'tmp', 'var/cache/apt', 'var/lib/apt/lists']) {
    assert.equal(readdirSync(join(image, path)), [], path);
  }
  assert.is(spawnSync('find', [image, '-type', 'f', '-perm', '/6000'], { encoding: 'utf8' }).stdout, '');
});

testWith(test, [engine], 'a mirror that is not there, or not one, is named, and nothing is left', async () => {
  const cases = [
    ['http://mirror.invalid/debian', /mirror http:\/\/mirror\.invalid\/debian cannot be reached/],
    ['file:///nowhere/debian', /There is no file:\/\/\/nowhere\/debian\/dists\/\w+\/Release/],
  ] as const;
  for (const [url, pattern] of cases) {
    const error = await buildImage(debianRecipe({ mirror: url }), join(place, 'broken')).catch(
      (reason: Error) => reason.message,
    );
    assert.match(String(error), pattern);
    assert.is(String(error).split('\n').length, 2);
    assert.is(
      readdirSync(place).some((name) => name !== 'debian'),
      false,
    );
  }
});

testWith(test, [root, engine, mirror], 'a full disk is called that, and nothing is left', () => {
  const script = `
    const { buildImage } = require('${kit}/rootfs-builder/build.ts');
    const { debianRecipe } = require('${kit}/rootfs-builder/debian/recipe.ts');
    buildImage(debianRecipe({ fresh: true }), '${top}/small/debian').catch((error) => {
      console.log(error.message);
      console.log(require('node:fs').readdirSync('${top}/small').length);
    });`;
  const { stdout } = spawnSync(
    'unshare',
    [
      ...[
        '--mount',
        'sh',
        '-c',
        'mkdir $0 && mount -t tmpfs -o size=40m x $0 && cd $1 && shift && exec "$@"',
        `${top}/small`,
        kit,
      ],
      ...[process.execPath, '-r', 'tsx/cjs', '-e', script],
    ],
    { encoding: 'utf8', timeout: patience(60_000) },
  );
  assert.match(stdout, /failed:\n {2}The disk that holds \S+ is full \(\d+ MiB free of 40 MiB\)\.\n0\n$/);
});

test.run();
