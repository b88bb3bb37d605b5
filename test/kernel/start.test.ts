/** How a command starts: an edit takes effect at the next run, nobody else's code is run, and what is missing is named. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { kernelTest, temporaryDirectory } from '../support/kernel-test.ts';
import { KitCopy } from '../support/kit-copy.ts';
import { top } from '../support/lab.ts';
import { canRun, otherUsers, program, root } from '../support/needs.ts';

const test = suite('start');

const STEP = 'src/steps/00-clone.ts';
const USER = 12_345;
const EVIL = 12_346;
const greet = ['step', '0', '--quiet', '--', 'true'];

/** A copy below a folder that everybody may enter. */
function newKit(packages: 'shared' | 'own' | 'none' = 'shared', name = 'kit'): KitCopy {
  const directory = temporaryDirectory();
  chmodSync(directory, 0o755);
  return new KitCopy(join(directory, name), packages);
}

/** Runs step 0 until its bundle is there: what was changed a moment ago is not kept. */
async function warm(kit: KitCopy, circumstances = {}): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 100));
  assert.is(kit.run(greet, circumstances).stdout, 'Hello\nWorld\n');
}

function chownAll(directory: string, uid: number): void {
  lchownSync(directory, uid, uid);
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    lchownSync(join(directory, name), uid, uid);
  }
}

/** Whether a cache of tsx was made where everybody may write. */
const tsxCaches = (directory: string) => readdirSync(directory).filter((name) => name.startsWith('tsx'));

kernelTest(
  test,
  [canRun(0)],
  'an edit takes effect at the next run, also within the same second, with size and mtime kept',
  async () => {
    const kit = newKit();
    const time = 1_700_000_000;
    utimesSync(kit.at(STEP), time, time);
    await warm(kit);
    assert.ok(existsSync(kit.at('build/step.bundle')));
    for (const [old, word] of [
      ['World', 'Woods'],
      ['Woods', 'Words'],
      ['Words', 'World'],
    ] as const) {
      kit.edit(STEP, `'${old}`, `'${word}`);
      utimesSync(kit.at(STEP), time, time);
      assert.is(statSync(kit.at(STEP)).mtimeMs, time * 1000);
      assert.is(kit.run(greet).stdout, `Hello\n${word}\n`);
    }
  },
);

kernelTest(
  test,
  [canRun(0)],
  'so does an edit of what a step imports, of C, and one that is wrong and mended again',
  async () => {
    const kit = newKit();
    await warm(kit);
    kit.edit('src/syscalls/files.ts', "purpose: '", "purpose: 'CHANGED ");
    assert.match(kit.run(['step', '0', '--trace', '--', 'true']).stderr, 'write(1, "Hello');
    kit.edit(STEP, "write(STDOUT, 'Hello\\n')", "write(STDOUT, 'Hel");
    const broken = kit.run(greet);
    assert.is(broken.status, 1);
    assert.match(broken.stderr, /00-clone\.ts:\d+:\d+: ERROR: Unterminated string/);
    kit.edit(STEP, "write(STDOUT, 'Hel", "write(STDOUT, 'Hi\\n')");
    assert.is(kit.run(greet).stdout, 'Hi\nWorld\n');
    writeFileSync(kit.at('native/new.c'), 'this is no C\n');
    assert.match(kit.run(greet).stderr, 'did not compile');
    rmSync(kit.at('native/new.c'));
    assert.is(kit.run(greet).status, 0);
  },
);

kernelTest(test, [canRun(0)], 'a stack names the source and its line', async () => {
  const kit = newKit();
  kit.edit(STEP, '  await lab.perform', "  setImmediate(() => { throw new Error('here'); });\n  await lab.perform");
  const line =
    readFileSync(kit.at(STEP), 'utf8')
      .split('\n')
      .findIndex((text) => text.includes("'here'")) + 1;
  for (const _ of ['made', 'kept']) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    assert.match(kit.run(['step', '0', '--', 'sleep', '0.1']).stderr, `${kit.at(STEP)}:${line}:`);
  }
  assert.ok(existsSync(kit.at('build/step.bundle')));
});

kernelTest(test, [canRun(0)], 'a bundle is kept whole, whatever letters stand in the sources', async () => {
  const kit = newKit();
  kit.edit(STEP, 'export ', 'globalThis.odd = new (class {\n  /** … and 😀 */\n  odd() {}\n})();\nexport ');
  await warm(kit);
  const kept = readFileSync(kit.at('build/step.bundle'));
  const head = kept.indexOf('\n') + 1;
  const { length } = JSON.parse(String(kept.subarray(0, head)));
  const text = kept.toString('latin1', head, head + length);
  assert.match(text, 'odd() {');
  assert.not.throws(() => new Script(`(() => {${text}\n})`));
});

kernelTest(test, [root, canRun(0)], 'a kept bundle that somebody else may write is not run', async () => {
  const kit = newKit();
  await warm(kit);
  const [file, witness] = [kit.at('build/step.bundle'), kit.at('witness')];
  const good = readFileSync(file);
  const head = good.indexOf('\n') + 1;
  const trap = `require('node:fs').writeFileSync(${JSON.stringify(witness)}, '');`;
  const { length, ...rest } = JSON.parse(String(good.subarray(0, head)));
  const text = `${trap}${good.toString('latin1', head, head + length)}`;
  const poisoned = `${JSON.stringify({ ...rest, length: text.length })}\n${text}`;
  const poison = (spoil: () => void) => {
    rmSync(kit.at('build'), { recursive: true });
    mkdirSync(kit.at('build'), { mode: 0o755 });
    writeFileSync(file, poisoned);
    spoil();
    const { stdout } = kit.run(greet);
    const ran = existsSync(witness);
    rmSync(witness, { force: true });
    assert.is(stdout, 'Hello\nWorld\n');
    return ran;
  };
  assert.is(
    poison(() => {}),
    true,
    'the trap works where root has set it',
  );
  assert.is(
    poison(() => chownSync(file, EVIL, EVIL)),
    false,
    'a file of another',
  );
  assert.is(
    poison(() => chmodSync(file, 0o666)),
    false,
    'a file for all to write',
  );
  assert.is(
    poison(() => chmodSync(file, 0o664)),
    false,
    'a file for a group to write',
  );
  assert.is(
    poison(() => chownSync(kit.at('build'), EVIL, EVIL)),
    false,
    'a folder of another',
  );
  assert.is(
    poison(() => {
      renameSync(kit.at('build'), kit.at('elsewhere'));
      symlinkSync(kit.at('elsewhere'), kit.at('build'));
      chownSync(kit.at('elsewhere'), EVIL, EVIL);
    }),
    false,
    'a link to a folder of another',
  );
});

kernelTest(
  test,
  [root, canRun(0)],
  'nothing is kept in TMPDIR, which everybody may write, nor run from there',
  async () => {
    const kit = newKit();
    const shared = temporaryDirectory();
    chmodSync(shared, 0o1777);
    const env = { TMPDIR: shared };
    await warm(kit, { env });
    // A source that esbuild cannot read is left to tsx.
    kit.edit(STEP, "'Hello\\n'", "'Hello");
    assert.match(kit.run(greet, { env }).stderr, 'ERROR');
    const file = join(shared, 'some.ts');
    writeFileSync(file, 'const word: string = "typed"; console.log(word);');
    const words = ['--import', join(top, 'bin/tsx.mjs'), file];
    const { stdout } = spawnSync(process.execPath, words, { env: { ...process.env, ...env }, encoding: 'utf8' });
    assert.is(stdout, 'typed\n');
    assert.equal(tsxCaches(shared), []);
  },
);

kernelTest(
  test,
  [otherUsers, root, canRun(0), program('setpriv')],
  "what root makes in a user's kit is theirs, and the user's next edit counts",
  async () => {
    const kit = newKit();
    rmSync(kit.at('native/build'), { recursive: true });
    chownAll(kit.directory, USER);
    await warm(kit, { env: { SUDO_UID: String(USER), SUDO_GID: String(USER) } });
    for (const name of ['build', 'native/build']) {
      const inside = readdirSync(kit.at(name)).map((file) => kit.at(name, file));
      for (const path of [kit.at(name), ...inside]) assert.is(lstatSync(path).uid, USER, path);
    }
    kit.edit(STEP, "'World", "'Words");
    assert.is(kit.run(greet, { uid: USER }).stdout, 'Hello\nWords\n');
    assert.is(spawnSync('rm', ['-r', kit.at('build'), kit.at('native/build')], { uid: USER, gid: USER }).status, 0);
  },
);

kernelTest(
  test,
  [otherUsers, root, canRun(0)],
  "a kit of root's that nothing was built in works for users, from a cache of theirs",
  async () => {
    const kit = newKit();
    rmSync(kit.at('native/build'), { recursive: true });
    const home = temporaryDirectory(USER);
    const env = { HOME: home };
    await warm(kit, { uid: USER, env });
    assert.is(existsSync(kit.at('build')) || existsSync(kit.at('native/build')), false);
    const cache = join(home, '.cache/container-lab');
    const inside = readdirSync(cache, { recursive: true, encoding: 'utf8' });
    assert.ok(inside.some((name) => name.endsWith('step.bundle')) && inside.some((name) => name.endsWith('liblab.so')));
    for (const name of inside) assert.is(statSync(join(cache, name)).mode & 0o022, 0, name);
    kit.edit(STEP, "'World", "'Words");
    assert.is(kit.run(greet, { uid: USER, env }).stdout, 'Hello\nWords\n');
    // Root does not put into a home that is not root's.
    rmSync(join(home, '.cache'), { recursive: true });
    kit.edit(STEP, "'Words", "'Woods");
    assert.is(kit.run(greet, { env }).stdout, 'Hello\nWoods\n');
    assert.equal(readdirSync(home), []);
  },
);

kernelTest(
  test,
  [otherUsers, root, canRun(0)],
  'where no place is the user’s own, one line says how to have one, and that works',
  () => {
    const kit = newKit();
    rmSync(kit.at('native/build'), { recursive: true });
    const { status, stdout, stderr } = kit.run(greet, { uid: USER, env: { HOME: undefined } });
    assert.equal([status, stdout], [1, '']);
    assert.match(stderr, /^The native library must be built, .* Run: export XDG_CACHE_HOME=\$\(mktemp -d\)\n$/);
    const place = temporaryDirectory(USER);
    assert.is(kit.run(greet, { uid: USER, env: { HOME: undefined, XDG_CACHE_HOME: place } }).stdout, 'Hello\nWorld\n');
  },
);

kernelTest(test, [otherUsers, root, canRun(0)], 'sources dated in the future are built once', async () => {
  const kit = newKit();
  const future = new Date(Date.now() + 86_400_000);
  for (const name of readdirSync(kit.at('native'))) utimesSync(kit.at('native', name), future, future);
  await warm(kit);
  const built = statSync(kit.at('native/build/liblab.so')).ino;
  await warm(kit, { uid: USER, env: { HOME: undefined } });
  assert.is(statSync(kit.at('native/build/liblab.so')).ino, built);
});

kernelTest(test, [program('cc')], 'the compiler may have words of its own, and an empty CC is none', () => {
  const kit = newKit();
  const wrapper = kit.at('wrapper');
  writeFileSync(wrapper, `#!/bin/sh\necho "$1" >>${kit.at('used')}\nexec "$@"\n`, { mode: 0o755 });
  const build = (CC: string) => {
    rmSync(kit.at('native/build'), { recursive: true, force: true });
    const words = [kit.at('native/build.mjs')];
    const { status, stderr } = spawnSync(process.execPath, words, { env: { ...process.env, CC }, encoding: 'utf8' });
    return { status, stderr, isThere: existsSync(kit.at('native/build/walker')) };
  };
  assert.equal(build(''), { status: 0, stderr: '', isThere: true });
  assert.equal(build('  '), { status: 0, stderr: '', isThere: true });
  assert.equal(build(`${wrapper} cc`), { status: 0, stderr: '', isThere: true });
  assert.is(readFileSync(kit.at('used'), 'utf8'), 'cc\ncc\n');
  const { status, stderr } = build('no-such-cc -O2');
  assert.is(status, 1);
  assert.match(stderr, /^No C compiler \(no-such-cc\) was found.*\n$/);
});

/** What each command says in surroundings where nothing can run. */
function linesOf(kit: KitCopy, circumstances = {}): Record<string, string> {
  const { stdout: json, stderr: doctor } = kit.run(['doctor', '--json'], circumstances);
  const cause = json === '' ? doctor : JSON.parse(json).steps.map(({ asRoot }: never) => says(asRoot))[0];
  return {
    step: kit.run(greet, circumstances).stderr.trimEnd(),
    doctor: cause.trimEnd(),
    'workshop:check': kit.run(['workshop:check'], circumstances).stdout.trimEnd(),
  };
}

const says = ({ cause, remedy }: { cause: string; remedy: string }) => `${cause} ${remedy}`;

function assertNamed(lines: Record<string, string>, cause: RegExp, remedy: string): void {
  for (const [command, text] of Object.entries(lines)) {
    assert.is(text.split('\n').length, 1, `${command}: ${text}`);
    assert.match(text, cause, command);
    assert.match(text, remedy, command);
  }
  assert.match(lines['workshop:check'] ?? '', /^NOT READY: /);
}

kernelTest(test, [root], 'no packages, none for this machine, no compiler: each is one line with what mends it', () => {
  const bare = newKit('none');
  assertNamed(linesOf(bare), /packages that the kit needs are not installed/, 'npm ci');

  const own = newKit('own');
  const esbuild = own.at('node_modules/@esbuild');
  renameSync(esbuild, own.at('away'));
  assertNamed(linesOf(own), /The package esbuild has no program for linux-/, 'npm ci --include=optional');
  renameSync(own.at('away'), esbuild);
  rmSync(own.at('node_modules/@koromix'), { recursive: true });
  assertNamed(linesOf(own), /The package koffi has no library for linux-/, 'npm ci --include=optional');
  cpSync(join(top, 'exercises'), own.at('exercises'), { recursive: true });
  cpSync(own.at('exercises/1a-domain-name/solution.ts'), own.at('1a.ts'));
  assert.match(
    own.run(['grade', own.at('1a.ts')]).stdout,
    /: not run, .*\n +reason +The package koffi has no library for linux-.*npm ci --include=optional\n/,
  );

  const kit = newKit();
  rmSync(kit.at('native/build'), { recursive: true });
  const circumstances = { env: { CC: 'no-such-cc' } };
  assertNamed(linesOf(kit, circumstances), /No C compiler .*was found/, 'sudo apt-get install gcc');
  assert.is(JSON.parse(kit.run(['doctor', '--json'], circumstances).stdout).steps.length > 8, true);
  assert.is(kit.run(['step', '--help'], circumstances).status, 0);
});

kernelTest(
  test,
  [root, program('unshare')],
  'a kit on a mount that is noexec says so, whether or not it has been bundled',
  () => {
    for (const bundled of [false, true]) {
      const kit = newKit('own');
      if (bundled) cpSync(join(top, 'native/build'), kit.at('native/build'), { recursive: true });
      const mount = dirname(kit.directory);
      const script = 'mount --bind "$0" "$0" && mount -o remount,bind,noexec "$0" && exec "$@"';
      const wrapper = ['unshare', '--mount', 'sh', '-c', script, mount];
      if (bundled) kit.run(greet);
      assertNamed(
        linesOf(kit, { wrapper }),
        new RegExp(`${mount} is mounted noexec`),
        `sudo mount -o remount,exec ${mount}`,
      );
    }
  },
);

kernelTest(
  test,
  [otherUsers, canRun(0), root],
  'a TMPDIR that is not there or cannot be written, and odd names of the folder, are no trouble',
  async () => {
    const kit = newKit('shared', 'a kit? no #1 100% [ü]');
    rmSync(kit.at('native/build'), { recursive: true });
    const locked = temporaryDirectory();
    for (const TMPDIR of [join(tmpdir(), 'not there'), locked]) {
      chownAll(kit.directory, USER);
      rmSync(kit.at('native/build'), { recursive: true, force: true });
      rmSync(kit.at('build'), { recursive: true, force: true });
      await warm(kit, { env: { TMPDIR }, uid: USER });
      await warm(kit, { env: { TMPDIR }, uid: USER });
      assert.is(kit.run(['doctor', '--json'], { env: { TMPDIR }, uid: USER }).stderr, '');
    }
  },
);

kernelTest(test, [canRun(4)], './lab is the same, from any folder and by a link', () => {
  const kit = newKit();
  const link = join(dirname(kit.directory), 'link');
  symlinkSync(kit.at('lab'), link);
  for (const path of [kit.at('lab'), link]) {
    const { status, stdout } = spawnSync(path, ['step', '4', '--quiet', '--', 'sh', '-c', 'echo $$; exit 3'], {
      cwd: tmpdir(),
      encoding: 'utf8',
    });
    assert.equal([status, stdout], [3, '1\n']);
  }
  assert.is(readFileSync(join(top, 'lab'), 'utf8'), readFileSync(join(top, 'bin/lab.cjs'), 'utf8'));
});

test.run();
