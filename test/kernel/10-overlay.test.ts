/** Step 10: one image for many containers, which stays as it was; what was changed is a layer. */
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { assertIdle } from '../../rootfs-builder/in-use.ts';
import { places } from '../../rootfs-builder/place.ts';
import { Child } from '../../src/executor/child.ts';
import { attempt } from '../../src/executor/perform.ts';
import { isOpaque } from '../../src/images/stack.ts';
import { canBeUpper } from '../../src/images/upper.ts';
import { newOwnerName, OWNER_VARIABLE } from '../../src/leftovers/owner.ts';
import { parseMountinfo } from '../../src/proc/mountinfo.ts';
import { runStep } from '../../src/run/run-step.ts';
import { DEFAULTS } from '../../src/settings/settings.ts';
import { makePrivate } from '../../src/steps/04-mount.ts';
import { errnoNumber } from '../../src/syscalls/errno.ts';
import { chdir, close } from '../../src/syscalls/files.ts';
import { CLONE_NEWNS } from '../../src/syscalls/flags.ts';
import {
  attachMount,
  makeFileSystem,
  mountFileSystem,
  openFileSystem,
  setFlag,
  setOption,
} from '../../src/syscalls/mounts.ts';
import { execve } from '../../src/syscalls/processes.ts';
import { type ContainerOptions, startContainer } from '../support/container.ts';
import { copyOf, identity, rootOf } from '../support/image.ts';
import { kernelTest, onTestEnd, temporaryDirectory } from '../support/kernel-test.ts';
import { lab, read, top } from '../support/lab.ts';
import { leftoversOf } from '../support/leftovers.ts';
import { eventually, many, start as startRun } from '../support/many.ts';
import { canRun, program } from '../support/needs.ts';
import { stepAt } from '../support/steps.ts';

const test = suite('step 10');
const needs = [canRun(10)];

let image = '';
test.before(async () => {
  image = await ensureImage('host');
});

const start = (words: readonly string[] = [], { env, ...rest }: ContainerOptions = {}) =>
  startContainer(['10', ...words], { env: { SUDO_UID: '', SUDO_GID: '', ...env }, ...rest });

const store = () => join(places()[0], '.layers');
let names = 0;

/** A name for a layer, which is removed when the test is over. */
function layerName(): string {
  names += 1;
  const name = `test-${process.pid}-${Date.now()}-${names}`;
  onTestEnd(() => rmSync(join(store(), name), { recursive: true, force: true }));
  return name;
}

const upperOf = (name: string) => join(store(), name, 'upper');

/** Runs step 10 to its end, and says what it printed. */
function inside(words: readonly string[], script: string): string {
  const { status, stdout, stderr } = lab(['step', '10', '--quiet', ...words, '--', 'sh', '-c', script]);
  assert.is(status, 0, stderr);
  return stdout;
}

/** All that can be said of a tree: names, kinds, modes, owners, times, links and contents. */
function fingerprint(directory: string): string {
  const format = '%P %y %m %U:%G %n %s %T@ %C@ %i %l\\n';
  const list = execFileSync('find', ['.', '-printf', format], { cwd: directory, encoding: 'utf8' });
  const sums = execFileSync('sh', ['-c', 'find . -type f -print0 | sort -z | xargs -0 sha256sum'], {
    cwd: directory,
    encoding: 'utf8',
  });
  return list.split('\n').sort().join('\n') + sums;
}

const HAVOC = [
  'echo more >>/etc/passwd',
  'echo new >/etc/new',
  'rm /etc/os-release',
  'mv /etc/group /etc/moved',
  'chmod 4755 /usr/bin/env',
  'chown 5:6 /etc/profile',
  'touch -d 2001-01-01 /etc/hosts',
  'ln /etc/hosts /etc/hosts-again',
  'rm -r /var',
  'mkdir /var',
  'mv /home /house || cp -a /home /house',
  ': >/etc/nsswitch.conf',
  'rm -r /usr/share; ln -s /etc /usr/share',
  'chmod 700 /',
].join('; ');

kernelTest(test, needs, 'the image is byte for byte the same: contents, modes, owners, times', async () => {
  const copy = copyOf(image);
  execFileSync('rm', ['-r', join(copy, 'proc'), join(copy, 'dev')]);
  const before = fingerprint(copy);
  const container = await start(['--rootfs', copy]);
  await container.output(HAVOC);
  assert.is(
    await container.output('cat /etc/new; stat -c %u:%g:%a /etc/profile; stat -c %a /usr/bin/env /'),
    'new\n5:6:644\n4755\n700',
  );
  assert.is.not(read(`${rootOf(container)}/etc/passwd`), read(join(copy, 'etc/passwd')), 'the test sees changes');
  await container.end();
  assert.is(fingerprint(copy), before);
});

kernelTest(test, needs, '/ is an overlay over the image, and nothing of the host’s is mounted below', async () => {
  const container = await start();
  const mounts = parseMountinfo(read(`/proc/${container.pid}/mountinfo`)).filter(
    ({ mountPoint }) => !/^\/dev\/(null|zero|full|random|urandom|tty)$/.test(mountPoint),
  );
  assert.equal(
    mounts.map(({ type, mountPoint }) => `${type} ${mountPoint}`),
    ['overlay /', 'proc /proc', 'tmpfs /dev', 'devpts /dev/pts'],
  );
  assert.is(await container.output('cat /etc/os-release'), read(join(image, 'etc/os-release')).trim());
  assert.is(await container.output('stat -c %u:%g:%a / /etc/passwd'), '0:0:755\n0:0:644');
  await container.end();
});

kernelTest(test, needs, 'two containers over one image do not see what the other writes', async () => {
  const [one, other] = [await start(), await start()];
  await one.output('echo one >/etc/mine; rm /etc/hosts');
  assert.is((await other.run('cat /etc/mine')).status, 1);
  await other.output('test -f /etc/hosts; echo other >/etc/mine');
  assert.is(await one.output('cat /etc/mine'), 'one');
  assert.not.ok(existsSync(join(image, 'etc/mine')));
  await one.end();
  await other.end();
});

kernelTest(
  test,
  needs,
  'upper and work are thrown away, with folders that are closed and names that are no text',
  async () => {
    const marks = () => readdirSync(tmpdir()).filter((name) => name.startsWith('container-lab-'));
    const before = marks();
    const container = await start();
    const [run = ''] = marks().filter((name) => !before.includes(name));
    const layer = join(tmpdir(), run, 'layer');
    await container.output('mkdir -p /a/b; touch /a/b/$(printf "\\\\377"); chmod 0 /a/b /a');
    assert.ok(lstatSync(join(layer, 'upper/a')).isDirectory(), 'while it runs, it is there');
    assert.is(statSync(join(tmpdir(), run)).mode & 0o077, 0, 'nobody else may look');
    await container.end();
    assert.equal(marks(), before);
  },
);

kernelTest(test, needs, 'after kill -9 clean removes them, and the image is as it was', async () => {
  const copy = copyOf(image);
  const before = fingerprint(copy);
  const runs = await many(24, async (index) => {
    const running = startRun(['step', '10', '--rootfs', copy, '--', 'sh', '-c', `${HAVOC}; sleep 100`]);
    if (index % 3 === 0) await eventually(() => leftoversOf(new Set([running.pid])).temporary.length > 0, 10_000);
    await new Promise((resolve) => setTimeout(resolve, Math.random() * (index % 3 === 0 ? 60 : 600)));
    running.process.kill('SIGKILL');
    await running.ended;
    return running.pid;
  });
  const pids = new Set(runs);
  await eventually(() => leftoversOf(pids).processes.length === 0, 10_000);
  assert.ok(leftoversOf(pids).temporary.length > 0, 'some have left something');
  assert.is(lab(['clean']).status, 0);
  const { temporary, processes, links } = leftoversOf(pids);
  assert.equal([temporary, processes, links], [[], [], []]);
  assert.is(fingerprint(copy), before);
});

/** The kit's temporary folders on a file system that cannot be an upper layer. The kit itself may lie in one of them. */
const onOverlay = (lower: string) => [
  'unshare',
  '--mount',
  'sh',
  '-c',
  `mkdir -p ${lower}/u ${lower}/w ${lower}/l && chmod 1777 ${lower}/u ${lower}/l && mount --rbind '${top}' /mnt && ` +
    `mount -t overlay -o lowerdir=${lower}/l,upperdir=${lower}/u,workdir=${lower}/w overlay /tmp && ` +
    'mount -t tmpfs tmpfs /var/tmp && mount -t tmpfs tmpfs /dev/shm && ' +
    `mkdir -p '${top}' && mount --move /mnt '${top}' && cd '${top}' && exec "$@"`,
  'sh',
];

kernelTest(
  test,
  [...needs, program('unshare')],
  'where the temporary folders are on an overlay, what is written is held in memory, and one line says so',
  async () => {
    const lower = mkdtempSync('/var/tmp/overlay-');
    onTestEnd(() => rmSync(lower, { recursive: true, force: true }));
    // Others enter this image and mount there, and mount(8) makes /run/mount.
    const rest = () => fingerprint(image).replace(/^run\b.*\n/gm, '');
    const before = rest();
    const container = await start([], { wrap: onOverlay(lower), env: { TMPDIR: '/tmp' } });
    await container.output(HAVOC);
    assert.is(await container.output('cat /etc/new; ls -A /var'), 'new');
    const said = container.narration.split('\n').filter((line) => /tmpfs/.test(line));
    assert.equal(said, [
      '/tmp cannot hold what an overlay writes, so it is held in memory (tmpfs) and is gone afterwards.',
    ]);
    await container.end();
    assert.is(rest(), before);
    assert.equal(
      readdirSync(join(lower, 'u')).filter((name) => name.startsWith('container-lab')),
      [],
    );
  },
);

kernelTest(
  test,
  needs,
  '--keep: what was changed, on disk as the kernel has it, and there again in the next run',
  async () => {
    const name = layerName();
    inside(['--keep', name], 'echo more >>/etc/passwd; rm /etc/hosts; rm -r /var; mkdir /var; touch /root/made');
    const upper = upperOf(name);
    const passwd = join(upper, 'etc/passwd');
    assert.is.not(identity(passwd), identity(join(image, 'etc/passwd')));
    assert.is(read(passwd), `${read(join(image, 'etc/passwd'))}more\n`);
    const hosts = lstatSync(join(upper, 'etc/hosts'));
    assert.ok(hosts.isCharacterDevice() && hosts.rdev === 0, 'a whiteout');
    assert.ok(isOpaque(Buffer.from(join(upper, 'var'))));
    assert.not.ok(isOpaque(Buffer.from(join(upper, 'etc'))));
    // Copied is what was changed, and nothing else; on disk all of it is root's, as the image is.
    assert.equal(readdirSync(join(upper, 'etc')).sort(), ['hosts', 'passwd']);
    assert.equal(readdirSync(upper).sort(), ['etc', 'root', 'var']);
    assert.equal([statSync(passwd).uid, statSync(join(upper, 'root/made')).uid], [0, 0]);
    assert.is(statSync(join(store(), name)).mode & 0o077, 0, 'nobody else may look');
    assert.is(
      inside(['--keep', name], 'ls -A /root/made /var; test -e /etc/hosts || tail -n 1 /etc/passwd'),
      '/root/made\n\n/var:\nmore\n',
    );
    const { stdout } = lab(['layers', 'show', name]);
    assert.match(
      stdout,
      /^C \/etc\nD \/etc\/hosts\nC \/etc\/passwd\nC \/root\nA \/root\/made\nC \/var {2}\(opaque: .*\)\nD \/var\/tmp\n$/,
    );
  },
);

kernelTest(test, needs, '--layer: several, in their order; each hides what is below it', async () => {
  const [low, high, top] = [layerName(), layerName(), layerName()];
  inside(['--keep', low], 'echo low >/etc/which; echo low >/etc/only-low; mkdir /d; touch /d/low');
  inside(['--keep', high], 'echo high >/etc/which; mkdir /d; touch /d/high');
  assert.is(inside(['--layer', low, '--layer', high], 'cat /etc/which /etc/only-low; ls /d'), 'high\nlow\nhigh\nlow\n');
  assert.is(inside(['--layer', high, '--layer', low], 'cat /etc/which; ls /d'), 'low\nhigh\nlow\n');
  inside(
    ['--layer', low, '--keep', top],
    'rm /etc/only-low; rm /d/low; cp /usr/bin/env /usr/bin/mine; rm /usr/bin/env',
  );
  const both = ['step', '10', '--quiet', '--layer', low, '--layer', top];
  assert.is(lab([...both, '--', 'mine', 'true']).status, 0, 'a program that is only in a layer');
  assert.match(lab([...both, '--', 'env', 'true']).stderr, 'env: command not found');
  assert.is(inside(['--layer', low, '--layer', top], 'ls -A /d /etc/only-low 2>&1 | tail -n 1'), '/d:\n');
  const listed = lab(['layers']).stdout;
  assert.match(listed, new RegExp(`${top} .* host \\+ ${low} `));
  const image = lab(['rootfs', 'rm', 'host']);
  assert.is(image.status, 2);
  assert.match(image.stderr, /^The layer \S+ lies on the image host\. Remove that first: npm run layers -- rm \S+\n$/);
  assert.match(lab(['layers', 'rm', low]).stderr, `${top} lies on the layer ${low}. Remove that first`);
});

kernelTest(test, [...needs, program('unshare')], 'commit: an image with all of it, and without whiteouts', async () => {
  const [low, high] = [layerName(), layerName()];
  const name = `made-${process.pid}-${Date.now()}`;
  onTestEnd(() => lab(['rootfs', 'rm', name]));
  inside(['--keep', low], 'echo low >/etc/which; touch /etc/low; ln -s /proc/self/root/etc/shadow /etc/link');
  inside(
    ['--layer', low, '--keep', high],
    'echo high >/etc/which; rm /etc/hosts; chown 5:6 /etc/low; rm -r /var; mkdir /var',
  );
  const { status, stderr } = lab(['layers', 'commit', high, name]);
  assert.is(status, 0, stderr);
  const made = join(places()[0], name);
  assert.equal(
    [read(join(made, 'etc/which')), existsSync(join(made, 'etc/hosts')), readdirSync(join(made, 'var'))],
    ['high\n', false, []],
  );
  const { uid, gid } = statSync(join(made, 'etc/low'));
  assert.equal([uid, gid], [5, 6]);
  assert.ok(lstatSync(join(made, 'etc/link')).isSymbolicLink());
  assert.is(execFileSync('find', [made, '-type', 'c'], { encoding: 'utf8' }), '');
  assert.not.ok(isOpaque(Buffer.from(join(made, 'var'))));
  assert.is(statSync(join(made, 'etc/passwd')).mtimeMs, statSync(join(image, 'etc/passwd')).mtimeMs);
  assert.is(inside(['--rootfs', name], 'cat /etc/which'), 'high\n');
  assert.match(lab(['layers', 'commit', high, name]).stderr, `There is an image ${name} already.`);
});

kernelTest(test, needs, 'bad layers: one line each, and nothing is begun', async () => {
  const [name, broken, foreign, trap] = [layerName(), layerName(), layerName(), layerName()];
  inside(['--keep', name], 'true');
  mkdirSync(upperOf(broken), { recursive: true });
  mkdirSync(upperOf(foreign), { recursive: true });
  writeFileSync(join(store(), foreign, 'layer.json'), '{"attributes":"trusted.overlay","image":"/","below":[]}');
  const elsewhere = temporaryDirectory();
  symlinkSync(elsewhere, join(store(), `${broken}-link`));
  onTestEnd(() => rmSync(join(store(), `${broken}-link`)));
  inside(['--keep', trap], 'true');
  symlinkSync('/etc', join(upperOf(trap), 'proc'));
  const cases: [readonly string[], string][] = [
    [
      ['--keep', '../x'],
      '--keep: "../x" is no name for a layer: small letters and digits, joined by . _ or -, 64 at most.',
    ],
    [
      ['--keep', 'x'.repeat(65)],
      `--keep: "${'x'.repeat(65)}" is no name for a layer: small letters and digits, joined by . _ or -, 64 at most.`,
    ],
    [
      ['--layer', 'a/b'],
      '--layer: "a/b" is no name for a layer: small letters and digits, joined by . _ or -, 64 at most.',
    ],
    [['--layer', 'no-such'], '--layer: There is no layer no-such. To see those that there are: npm run layers'],
    [
      ['--layer', `${broken}-link`],
      `--layer: There is no layer ${broken}-link. To see those that there are: npm run layers`,
    ],
    [
      ['--layer', broken],
      `--layer: The layer ${broken} is not as a run leaves it: ${join(store(), broken)}. To remove it: npm run layers -- rm ${broken}`,
    ],
    [
      ['--keep', broken],
      `--keep: The layer ${broken} is not as a run leaves it: ${join(store(), broken)}. To remove it: npm run layers -- rm ${broken}`,
    ],
    [['--layer', foreign], `--layer: The layer ${foreign} has attributes of another kind, "trusted.overlay".`],
    [['--layer', name, '--keep', name], `--keep: ${name} is a --layer of this run, which is only read.`],
    [
      ['--keep', name, '--rootfs', copyOf(image)],
      `--keep: ${name} is there already, over another image or other layers. Choose another name, or: npm run layers -- rm ${name}`,
    ],
    [['--layer', trap], '--layer: /proc is a symbolic link, and a link of an image is not followed. Make it a folder.'],
  ];
  for (const [words, line] of cases) {
    const { status, stdout, stderr } = lab(['step', '10', ...words, '--', 'echo', 'begun']);
    assert.equal([status, stdout, stderr], [2, '', `${line}\n`], words.join(' '));
  }
  assert.equal(readdirSync(elsewhere), []);
  assert.is(lab(['layers', 'rm', broken]).status, 0);
  assert.not.ok(existsSync(join(store(), broken)));
});

kernelTest(
  test,
  needs,
  'a layer that a run has is nobody else’s: not to write, not to remove, not to read',
  async () => {
    const name = layerName();
    const line = `Another run has the layer ${name}. Wait for its end, or choose another name.\n`;
    const container = await start(['--keep', name]);
    for (const option of ['--keep', '--layer']) {
      const { status, stderr } = lab(['step', '10', option, name, '--', 'true']);
      assert.equal([status, stderr], [2, `${option}: ${line}`]);
    }
    assert.is(lab(['layers', 'rm', name]).stderr, line);
    assert.is(lab(['layers', 'show', name]).stderr, line);
    await container.killKit();
    assert.ok(await eventually(() => lab(['layers', 'show', name]).status === 0, 5000), 'the lock goes with the kit');
    const readers = [await start(['--layer', name]), await start(['--layer', name])];
    assert.is(lab(['step', '10', '--keep', name, '--', 'true']).stderr, `--keep: ${line}`);
    for (const reader of readers) await reader.end();
  },
);

kernelTest(test, needs, 'an image is not removed while a run has layers over it', async () => {
  const copy = copyOf(image);
  const container = await start(['--rootfs', copy]);
  assert.throws(() => assertIdle(copy), `${copy} is in use: a run has layers over it. End it first.`);
  await container.end();
  assert.not.throws(() => assertIdle(copy));
});

kernelTest(test, needs, 'show: hostile names cannot write to the terminal, and no link is followed', async () => {
  const name = layerName();
  inside(['--keep', name], 'cd /root; touch "$(printf "a\\033[2Jb\\nc")" "$(printf "\\377")" ä; ln -s / link');
  const { stdout } = lab(['layers', 'show', name]);
  assert.equal(stdout.trim().split('\n'), [
    'C /root',
    'A /root/a\\033[2Jb\\012c',
    'A /root/link',
    'A /root/ä',
    'A /root/\\377',
  ]);
});

/** So many layers by hand; each has a file of its own, and one that all have. */
function handmadeLayers(count: number): string[] {
  // Each path is longer than 100 characters: the options of mount(2) would have room for forty of them.
  const place = join(temporaryDirectory(), 'a-folder-with-a-long-name'.repeat(3));
  return Array.from({ length: count }, (_, index) => {
    const directory = join(place, String(index).padStart(4, '0'));
    mkdirSync(join(directory, 'upper'), { recursive: true });
    writeFileSync(join(directory, 'upper', `layer-${index}`), '');
    writeFileSync(join(directory, 'upper/top'), `${index}\n`);
    return directory;
  });
}

kernelTest(test, needs, '499 layers over an image, which is all that the kernel takes', async () => {
  const below = handmadeLayers(499);
  const owner = newOwnerName();
  const script = 'test "$(cat /top)" = 498 && set -- /layer-* && test $# = 499 && test -f /etc/os-release';
  const status = await runStep({
    step: stepAt(10),
    owner,
    settings: { ...DEFAULTS, root: { path: image }, layers: { below } },
    program: [execve('/bin/sh', ['sh', '-c', script], [`${OWNER_VARIABLE}=${owner}`, 'PATH=/usr/bin:/bin'])],
  });
  assert.is(status, 0);
});

/** fsconfig(2) takes a layer at a time since Linux 6.5. */
function takesLayersOneByOne(): string | undefined {
  const context = attempt(openFileSystem('overlay')).result;
  if (context < 0) return 'needs fsopen and overlay';
  // An older kernel keeps whatever it is told, and looks at it later.
  const { result } = attempt(setOption(context, 'lowerdir+', '/no such place'));
  attempt(close(context));
  return result === -errnoNumber('ENOENT') ? undefined : 'needs lowerdir+ of Linux 6.5';
}

const NEW_CALLS = 'the new calls: 500 layers, one by one, and no limit on a line of options';
const tooOld = takesLayersOneByOne();
// A machine on which all tests must run may have an older kernel.
if (tooOld) {
  console.log(`skipped: ${NEW_CALLS}: ${tooOld}`);
  test.skip(NEW_CALLS, () => {});
} else {
  kernelTest(test, needs, NEW_CALLS, async () => {
    const layers = handmadeLayers(500).map((directory) => join(directory, 'upper'));
    const merged = temporaryDirectory();
    const context = openFileSystem('overlay');
    const mounted = mountFileSystem(context);
    const child = new Child(
      [
        ...makePrivate(),
        context,
        ...layers.reverse().map((path) => setOption(context, 'lowerdir+', path)),
        setFlag(context, 'userxattr'),
        makeFileSystem(context),
        mounted,
        attachMount(mounted, merged),
        chdir(merged),
        execve(
          '/bin/sh',
          ['sh', '-c', 'test "$(cat top)" = 499 && set -- layer-* && test $# = 500'],
          ['PATH=/usr/bin:/bin'],
        ),
      ],
      CLONE_NEWNS,
      {},
    );
    assert.equal(await child.wait(), { status: 0 });
  });
}

test('which file systems can be an upper layer', () => {
  assert.is(canBeUpper('/proc'), false);
  assert.is(canBeUpper('/dev/shm'), false);
});

test.run();
