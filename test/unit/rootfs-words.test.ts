import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { progressBar, progressLines } from '../../rootfs-builder/build-progress.ts';
import { listing, megabytes } from '../../rootfs-builder/listing.ts';
import { recipes } from '../../rootfs-builder/recipes.ts';
import { FORM, requestOf } from '../../rootfs-builder/request.ts';
import { keptByNpm, parse as parseWords } from '../../src/command-line/options.ts';

const parse = (line: string) => requestOf(parseWords(FORM, line.split(' ').filter(Boolean)));

test('what can be asked for', () => {
  assert.equal(parse(''), { kind: 'list' });
  assert.equal(parse('--help'), { kind: 'help' });
  assert.equal(parse('host'), { kind: 'build', name: 'host', debian: { fresh: false } });
  assert.equal(parse('debian --suite=trixie --mirror http://x/debian --engine mmdebstrap --no-cache'), {
    kind: 'build',
    name: 'debian',
    debian: { suite: 'trixie', mirror: 'http://x/debian', engine: 'mmdebstrap', fresh: true },
  });
  assert.equal(parse('tar a/alpine.tar.gz --name alp'), { kind: 'tar', name: 'alp', file: 'a/alpine.tar.gz' });
  assert.equal(parse('tar /a/alpine-3.20.tar.gz'), { kind: 'tar', name: 'alpine-3.20', file: '/a/alpine-3.20.tar.gz' });
  assert.equal(parse('pack host host.tgz'), { kind: 'pack', name: 'host', file: 'host.tgz' });
  assert.equal(parse('rm one two'), { kind: 'rm', names: ['one', 'two'] });
  assert.equal(parse('rm --cache'), { kind: 'empty-cache' });
});

test('mistakes are usage errors', () => {
  const cases: [string, RegExp][] = [
    ['--bogus', /--bogus/],
    ['--suite x', /--suite does not go with the list/],
    ['host --suite x', /--suite does not go with host/],
    ['debian --suite ../x', /not a suite/],
    ['debian --suite', /--suite/],
    ['debian --mirror example.org', /not a mirror/],
    ['debian --mirror=-x', /not a mirror/],
    ['debian --engine apt', /debootstrap or mmdebstrap/],
    ['debian extra', /The form is/],
    ['tar', /tar FILE --name NAME/],
    ['tar x.tar --fresh', /--fresh does not go with tar/],
    ['tar Big_Name!.tar', /no name for an image.* tar Big_Name!\.tar --name big-name$/],
    ['tar a/Alpine-3.19.tar.gz', /--name alpine-3-19$/],
    ['tar ...tar', /--name NAME$/],
    ['tar x.tar --name ../x', /no name for an image/],
    ['pack host', /pack NAME FILE/],
    ['pack ../x y.tar', /no name for an image/],
    ['rm', /rm NAME/],
    ['rm .', /no name for an image/],
    ['rm ..', /no name for an image/],
    ['rm a/b', /no name for an image/],
  ];
  for (const [line, pattern] of cases) {
    assert.throws(
      () => parse(line),
      (error: Error) => error.name === 'UsageError' && pattern.test(error.message),
      line,
    );
  }
});

test('an option that npm kept is pointed out', () => {
  assert.throws(() => keptByNpm(FORM, [], { npm_config_suite: 'trixie' }), /npm run rootfs -- debian --suite/);
  assert.equal(keptByNpm(FORM, [], { npm_config_cache: '/root/.npm' }), []);
});

test('a bar on a terminal, a line for each phase elsewhere', () => {
  let written = '';
  const { progress, clear } = progressBar((text) => {
    written += text;
  });
  progress(0.5, 'Half');
  progress(0.5, 'Half');
  progress(7, 'Too much');
  clear();
  assert.is(written.split('\r').length, 4);
  assert.match(written, `[${'#'.repeat(15)}${'.'.repeat(15)}]  50%  Half`);
  assert.match(written, `[${'#'.repeat(30)}] 100%  Too much`);
  const lines: string[] = [];
  const line = progressLines((text) => lines.push(text));
  for (const [done, phase] of [
    [0, 'a'],
    [0.1, 'a'],
    [0.2, 'b'],
  ] as const)
    line(done, phase);
  assert.equal(lines, ['  a', '  b']);
});

test('the list names recipes, images with their sizes, and the cache', () => {
  const built = {
    name: 'host',
    directory: '/k/rootfs/host',
    date: new Date(2026, 0, 2, 3, 4),
    apparent: 11_400_000,
    onDisk: 123,
  };
  const text = listing(recipes, [built], { count: 2, bytes: 60_000_000 });
  for (const { name } of recipes) assert.match(text, new RegExp(`^ {2}${name} `, 'm'));
  assert.match(text, /^ {2}host {3}2026-01-02 03:04 {2}11 MB {2}0\.0 MB {3}\/k\/rootfs\/host$/m);
  assert.match(text, /2 of debian, 60 MB/);
  assert.match(listing(recipes, [], { count: 0, bytes: 0 }), /No image is built\.$/);
  assert.equal([9_940_000, 9_960_000, 206_400_000].map(megabytes), ['9.9 MB', '10.0 MB', '206 MB']);
});

test.run();
