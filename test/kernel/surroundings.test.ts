/** Odd surroundings: no home, settings of npm's, another folder, another /proc, a user namespace with one id. */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { launcher, ownCgroups, ownLinks, top } from '../support/lab.ts';
import { canRun, otherUsers, program, root } from '../support/needs.ts';
import { patience } from '../support/patience.ts';

const test = suite('surroundings');

/** A user without an account. */
const STRANGER = 54_321;

interface Where {
  readonly uid?: number;
  readonly cwd?: string;
  /** All of the environment, besides PATH. */
  readonly env?: Record<string, string>;
}

function command(words: readonly string[], { uid, cwd = top, env = {} }: Where = {}): SpawnSyncReturns<string> {
  const [first = '', ...rest] = words;
  return spawnSync(first, rest, {
    cwd,
    encoding: 'utf8',
    input: '',
    env: { PATH: process.env.PATH, ...env },
    timeout: patience(60_000),
    ...(uid === undefined ? {} : { uid, gid: uid }),
  });
}

const kit = (words: readonly string[], where: Where = {}) => command([process.execPath, launcher, ...words], where);

const HOMELESS: readonly Record<string, string>[] = [{}, { HOME: '' }, { HOME: '.' }, { HOME: '/' }, { HOME: '/proc' }];

kernelTest(test, [root, canRun(4, 'rootless')], 'without a home that can be written, what needs none works', () => {
  for (const env of HOMELESS) {
    for (const words of [['step', '4', '--rootless', 'true'], ['exercise'], ['rootfs'], ['clean'], ['lesson', '1']]) {
      const { status, stderr } = kit(words, { uid: STRANGER, env });
      assert.is(status, 0, `${JSON.stringify(env)} ${words.join(' ')}: ${stderr}`);
      assert.not.match(stderr, /uv_os|\n {4}at /);
    }
  }
});

kernelTest(test, [otherUsers, root], 'what needs a home says what to type, and that is all it takes', () => {
  const cache = temporaryDirectory(STRANGER);
  for (const env of HOMELESS.slice(0, 3)) {
    const { status, stderr } = kit(['progress'], { uid: STRANGER, env });
    assert.is(status, 1);
    assert.match(stderr, /^.*User 54321 has no home.*export XDG_STATE_HOME=.*\n$/);
  }
  for (const env of HOMELESS) {
    const refused = kit(['rootfs', 'host'], { uid: STRANGER, env });
    // Under a kit that anybody may write it needs no home.
    if (refused.status === 0) continue;
    assert.match(refused.stderr, /export XDG_CACHE_HOME=/, JSON.stringify(env));
    assert.not.match(refused.stderr, /\n {4}at /);
    const { steps } = JSON.parse(kit(['doctor', '--json'], { uid: STRANGER, env }).stdout);
    assert.match(steps[8].rootless.remedy ?? '', /export XDG_CACHE_HOME=/, JSON.stringify(env));
  }
  const advised = kit(['rootfs', 'host'], { uid: STRANGER, env: { XDG_CACHE_HOME: cache } });
  assert.is(advised.status, 0, advised.stderr);
});

kernelTest(test, [otherUsers, root], "somebody else's home is not read, and their file not taken for one's own", () => {
  const home = temporaryDirectory();
  chmodSync(home, 0o700);
  const file = join(home, 'file');
  writeFileSync(file, '');
  for (const [HOME, code] of [
    [home, 'EACCES'],
    [file, 'EACCES'],
    ['/etc/passwd', 'ENOTDIR'],
  ] as const) {
    const { status, stderr } = kit(['progress'], { uid: STRANGER, env: { HOME } });
    assert.is(status, 1);
    assert.match(stderr, `The progress cannot be read from ${HOME}`);
    assert.match(stderr, `(${code}). Try: export XDG_STATE_HOME=`);
    assert.is(stderr.trimEnd().split('\n').length, 1, stderr);
  }
});

/** Every option that a command of the kit has. */
function optionNames(): string[] {
  const sources = ['src', 'rootfs-builder'].flatMap((folder) =>
    readdirSync(join(top, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(join(top, folder, name), 'utf8')),
  );
  const tables = sources.flatMap((text) =>
    [...text.matchAll(/(?:name: |flag\(|file\()'--([a-z-]+)'/g)].map(([, name]) => name),
  );
  return [...new Set(tables)].filter((name) => name !== undefined);
}

kernelTest(
  test,
  [canRun(3), program('npm')],
  'settings of npm with the names of our options are none of our business',
  () => {
    const home = temporaryDirectory();
    const names = optionNames().filter((name) => name !== 'help' && name !== 'cache');
    for (const name of ['jobs', 'timeout', 'json', 'quiet', 'mirror', 'engine', 'trace', 'memory', 'csv', 'port']) {
      assert.ok(names.includes(name), name);
    }
    const npm = (words: string[], env: Record<string, string> = {}) =>
      command(['npm', 'run', '--silent', ...words], { env: { HOME: home, ...env } });
    for (const value of ['max', 'true']) {
      writeFileSync(join(home, '.npmrc'), names.map((name) => `${name}=${value}\n`).join(''));
      for (const words of [['step', '3', 'echo', 'hello'], ['rootfs'], ['progress'], ['grade', '--', '--csv']]) {
        const { status, stdout, stderr } = npm(words);
        assert.not.match(stderr, 'npm kept', words.join(' '));
        assert.is(status, words.includes('--csv') ? 2 : 0, stderr);
        if (status === 0) assert.not.match(stdout, /^\{/);
      }
      assert.not.match(npm(['step', '3', 'true'], { npm_config_trace: 'other' }).stderr, 'npm kept');
    }
    // What is typed is noticed all the same.
    writeFileSync(join(home, '.npmrc'), 'jobs=max\n');
    assert.match(npm(['step', '3', '--trace', 'true']).stderr, 'npm kept --trace for itself');
    assert.match(npm(['grade', '--jobs=3']).stderr, 'npm kept --jobs for itself');
    assert.match(npm(['progress', '--json']).stdout, /^\{/);
  },
);

kernelTest(test, [canRun(8), program('npm')], 'paths are taken from where they were typed', () => {
  const cwd = temporaryDirectory();
  mkdirSync(join(cwd, 'work'));
  writeFileSync(join(cwd, 'work/1a-mine.ts'), '\0');
  mkdirSync(join(cwd, 'class/ann'), { recursive: true });
  mkdirSync(join(cwd, 'image'));
  const npm = (...words: string[]) =>
    command(['npm', '--prefix', top, 'run', '--silent', ...words], { cwd, env: { HOME: cwd } });
  assert.is(npm('step', '0', 'pwd').stdout.split('\n').at(-2), cwd);
  assert.match(npm('grade', '--', 'work/1a-mine.ts', '--ctrf', 'report.json').stdout, /NUL|binary/i);
  npm('grade', '--', 'class', '--csv', 'grades.csv');
  npm('autograder', '--', 'gradescope', 'platform');
  npm('rootfs', '--', 'pack', 'host', 'host.tar');
  for (const name of ['report.json', 'grades.csv', 'platform', 'host.tar'])
    assert.ok(existsSync(join(cwd, name)), name);
  assert.match(npm('step', '8', '--', '--rootfs', './image').stderr, `in ${cwd}/image`);
  assert.match(npm('step', '4', '--', './none').stderr, 'There is no program ./none');
  assert.match(npm('rootfs', '--', 'tar', 'none.tar', '--name', 'x').stderr, `${cwd}/none.tar`);
});

kernelTest(test, [canRun(5), program('unshare')], 'under a /proc of another PID namespace nothing is started', () => {
  const inside = (...words: string[]) =>
    command(['unshare', '--pid', '--fork', process.execPath, launcher, ...words], { env: { HOME: '/root' } });
  const maps = () => readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  assert.ok(maps().length > 0);
  for (const words of [['step', '5', 'true'], ['step', '0'], ['clean'], ['grade', 'README.md']]) {
    const { status, stderr } = inside(...words);
    assert.is(status, 1, words.join(' '));
    assert.match(stderr, /^The \/proc here belongs to another PID namespace.*\nWhat to do: .*\n$/);
  }
  const { status, stdout } = inside('doctor', '--json');
  assert.is(status, 1);
  for (const { asRoot, rootless } of JSON.parse(stdout).steps) {
    for (const verdict of [asRoot, rootless]) assert.match(verdict.cause, 'another PID namespace');
  }
});

kernelTest(test, [], 'in a folder that is gone nothing is started', () => {
  const inside = 'mkdir gone && cd gone && rmdir ../gone && exec "$@"';
  for (const words of [['step', '0'], ['clean'], ['doctor'], ['grade'], ['exercise', '1a']]) {
    const kitWords = ['sh', '-c', inside, 'sh', process.execPath, launcher, ...words];
    const { status, stdout, stderr } = command(kitWords, { cwd: temporaryDirectory() });
    assert.equal([status, stdout], [1, ''], words.join(' '));
    assert.match(stderr, /^The folder that you are in is gone\..*\n$/);
  }
});

kernelTest(
  test,
  [otherUsers, canRun(8, 'rootless'), program('unshare')],
  'root of a user namespace with one id is an ordinary user',
  () => {
    const home = temporaryDirectory(STRANGER);
    const alone = (...words: string[]) =>
      command(['unshare', '--user', '--map-root-user', process.execPath, launcher, ...words], {
        uid: STRANGER,
        env: { HOME: home },
      });
    for (const step of ['1', '4', '5', '6', '7', '8']) {
      for (const option of [[], ['--rootless']]) {
        const { status, stderr } = alone('step', step, ...option, '--', 'sh', '-c', 'exit 7');
        assert.is(status, 7, `step ${step} ${option}: ${stderr}`);
      }
    }
    assert.equal([ownLinks().filter((name) => name.startsWith('lab')), ownCgroups()], [[], []]);
    const { steps } = JSON.parse(alone('doctor', '--json').stdout);
    assert.equal(
      steps.flatMap(({ asRoot, rootless }: Record<'asRoot' | 'rootless', { ok: boolean }>) => [asRoot.ok, rootless.ok]),
      steps.flatMap(() => [true, true]),
    );
    const file = join(home, '1a.ts');
    copyFileSync(join(top, 'exercises/1a-domain-name/solution.ts'), file);
    const graded = alone('grade', file);
    assert.is(graded.status, 0, graded.stdout);

    const tree = temporaryDirectory();
    mkdirSync(join(tree, 'etc'));
    writeFileSync(join(tree, 'etc/shadow'), 'x');
    chownSync(join(tree, 'etc/shadow'), 0, 42);
    const archive = join(home, 'foreign.tar');
    assert.is(command(['tar', '--create', '--file', archive, '--directory', tree, '.']).status, 0);
    const { status, stderr } = alone('rootfs', 'tar', archive);
    assert.is(status, 0, stderr);
    const image = join(home, '.cache/container-lab/rootfs/foreign/etc/shadow');
    assert.is(statSync(image).gid, STRANGER);
  },
);

kernelTest(
  test,
  [otherUsers, root],
  "folders of a user's image that are closed to their owner are replaced and removed",
  () => {
    const home = temporaryDirectory(STRANGER);
    const where = { uid: STRANGER, env: { HOME: home } };
    const tree = temporaryDirectory();
    mkdirSync(join(tree, 'usr/lib/deep'), { recursive: true });
    writeFileSync(join(tree, 'usr/lib/deep/file'), 'x');
    for (const folder of ['usr/lib/deep', 'usr/lib', 'usr', '.']) chmodSync(join(tree, folder), 0o555);
    const archive = join(home, 'fedora.tar');
    assert.is(command(['tar', '--create', '--file', archive, '--directory', tree, '.']).status, 0);
    const place = join(home, '.cache/container-lab/rootfs');
    for (const words of [
      ['tar', archive],
      ['tar', archive],
    ]) {
      const { status, stderr } = kit(['rootfs', ...words], where);
      assert.is(status, 0, stderr);
      assert.equal(readdirSync(place), ['fedora'], stderr);
    }
    const { status, stdout, stderr } = kit(['rootfs', 'rm', 'fedora'], where);
    assert.equal([status, readdirSync(place)], [0, []], `${stdout}${stderr}`);
    assert.match(kit(['clean'], where).stdout, 'Nothing is left over');
    assert.equal(readdirSync(place), []);
  },
);

kernelTest(
  test,
  [root, program('unshare')],
  'a read-only kit is called that, and what writes nothing there works',
  () => {
    const home = temporaryDirectory();
    const script = 'mount --bind "$0" "$0" && mount -o remount,ro,bind "$0" && cd "$0" && exec "$@"';
    const sealed = (...words: string[]) =>
      command(['unshare', '--mount', 'sh', '-c', script, top, process.execPath, launcher, ...words], {
        env: { HOME: home },
      });
    for (const words of [['lessons', '--build'], ['exercise', '4'], ['workshop:slides']]) {
      const { status, stderr } = sealed(...words);
      assert.is(status, 1, words.join(' '));
      assert.match(stderr, /^.*EROFS.*mounted read-only: copy the kit.*\n$/);
    }
    for (const words of [['step', '4', 'true'], ['lesson', '1'], ['progress'], ['rootfs', 'busybox'], ['clean']]) {
      assert.is(sealed(...words).status, 0, words.join(' '));
    }
  },
);

kernelTest(test, [canRun(8), program('unshare')], 'a link of an image is refused, a small /dev is enough', () => {
  const image = temporaryDirectory();
  for (const name of ['proc', 'dev']) {
    symlinkSync('/tmp', join(image, name));
    const { status, stderr } = kit(['step', '8', '--rootfs', image, '--', 'true'], { env: { HOME: '/root' } });
    assert.is(status, 2);
    assert.match(stderr, new RegExp(`^--rootfs: ${image}/${name} is a symbolic link.*\\n$`));
    rmSync(join(image, name));
  }
  const script =
    'mount -t tmpfs none /mnt && for n in null zero random urandom tty; do touch /mnt/$n; mount --bind /dev/$n /mnt/$n; ' +
    'done; mount --rbind /mnt /dev; umount -l /mnt; exec "$@"';
  const small = (...words: string[]) =>
    command(['unshare', '--mount', 'sh', '-c', script, 'sh', process.execPath, launcher, ...words], {
      env: { HOME: '/root' },
    });
  assert.not.ok(small('step', '0', 'ls', '/dev').stdout.includes('full'));
  const { status, stdout, stderr } = small('step', '8', 'ls', '/dev');
  assert.is(status, 0, stderr);
  assert.match(stdout, /null[\s\S]*zero/);
});

test.run();
