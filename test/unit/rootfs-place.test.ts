import { chmodSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { osRelease } from '../../rootfs-builder/host/own-files.ts';
import { ensureImage, imageDirectory } from '../../rootfs-builder/images.ts';
import { choosePlace } from '../../rootfs-builder/place.ts';

const test = suite<{ top: string; cache: string | undefined }>('rootfs-place');

test.before.each((context) => {
  context.top = mkdtempSync(join(tmpdir(), 'rootfs-place-'));
  context.cache = process.env.XDG_CACHE_HOME;
});

test.after.each(({ top, cache }) => {
  rmSync(top, { recursive: true });
  if (cache === undefined) delete process.env.XDG_CACHE_HOME;
  else process.env.XDG_CACHE_HOME = cache;
});

test('names lead nowhere but to a folder of the place', async () => {
  for (const name of ['host', 'debian-12', 'a_b', 'debian12.5'])
    assert.is(imageDirectory(name, '/place'), `/place/${name}`);
  for (const name of ['', '.', '..', '../etc', 'a/b', '/etc', '.building-host', 'a..b', '-x', 'a b', 'Host', 'a\n']) {
    assert.throws(() => imageDirectory(name, '/place'), /is no name for an image/, JSON.stringify(name));
  }
  const error = await ensureImage('../etc', { place: '/place' }).catch((reason: Error) => reason);
  assert.match(String(error), /is no name for an image/);
});

test('an image without a recipe is used if it is there, and an error if not', async ({ top }) => {
  mkdirSync(join(top, 'mine'));
  assert.is(await ensureImage('mine', { place: top }), join(top, 'mine'));
  const error = await ensureImage('debiam', { place: top }).catch((reason: Error) => reason);
  assert.match(String(error), /no recipe for an image `debiam`.*\n {2}host {2}a shell/);
});

test('a kit that can be written to holds its images', ({ top }) => {
  assert.is(choosePlace('host', top), join(top, 'rootfs'));
  mkdirSync(join(top, 'rootfs'));
  assert.is(choosePlace('host', top), join(top, 'rootfs'));
});

test('one that cannot leaves them to the cache, unless the image is there', ({ top }) => {
  // Root may write anywhere, but not below what is not there.
  const sealed = join(top, 'sealed');
  if (process.geteuid?.() !== 0) {
    mkdirSync(sealed);
    chmodSync(sealed, 0o555);
  }
  process.env.XDG_CACHE_HOME = join(top, 'cache');
  assert.is(choosePlace('host', sealed), join(top, 'cache/container-lab/rootfs'));
  process.env.XDG_CACHE_HOME = 'relative';
  assert.is(choosePlace('host', sealed), join(homedir(), '.cache/container-lab/rootfs'));

  mkdirSync(join(top, 'rootfs/host'), { recursive: true });
  chmodSync(join(top, 'rootfs'), 0o555);
  assert.is(choosePlace('host', top), join(top, 'rootfs'));
  chmodSync(join(top, 'rootfs'), 0o755);
});

test('os-release says where the image comes from, whatever the host is called', () => {
  assert.is(osRelease('Debian 12').split('\n')[0], 'NAME="Container lab (copied from Debian 12)"');
  assert.match(osRelease('A "$B"'), 'A \\"\\$B\\"');
});

test.run();
