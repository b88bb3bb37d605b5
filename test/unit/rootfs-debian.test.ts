import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { archiveName } from '../../rootfs-builder/debian/cache.ts';
import { chooseEngine } from '../../rootfs-builder/debian/engine.ts';
import { debootstrapPhases, mmdebstrapPhases } from '../../rootfs-builder/debian/phases.ts';
import { machineSources, ownSuite, parseDeb822, parseList } from '../../rootfs-builder/debian/sources.ts';

const debian = 'http://mirror.example/debian';

test('sources.list: comments, options, and what is no archive', () => {
  const text = `
# deb http://old.example/debian bookworm main
deb ${debian} bookworm main contrib # the usual
deb [arch=amd64 signed-by=/a/key.gpg] https://example.org/debian trixie main
  deb-src ${debian} bookworm main
deb cdrom:[Debian 12]/ bookworm main
deb mirror+file:/etc/apt/mirrors bookworm main
deb http://incomplete.example`;
  assert.equal(parseList(text), [
    { type: 'deb', uri: debian, suite: 'bookworm' },
    { type: 'deb', uri: 'https://example.org/debian', suite: 'trixie' },
    { type: 'deb-src', uri: debian, suite: 'bookworm' },
  ]);
});

test('deb822: many values, lines that go on, comments, and what is switched off', () => {
  const text = `# A comment
Types: deb deb-src
URIs: ${debian}
# in the middle
Suites: bookworm
  bookworm-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc

enabled: no
types: deb
uris: http://off.example
suites: bookworm


types: deb
URIS: cdrom:[x]/ file:/srv/debian
suites: trixie
`;
  const both = (type: string) => ['bookworm', 'bookworm-updates'].map((suite) => ({ type, uri: debian, suite }));
  assert.equal(parseDeb822(text), [
    ...both('deb'),
    ...both('deb-src'),
    { type: 'deb', uri: 'file:/srv/debian', suite: 'trixie' },
  ]);
});

test("the machine's sources: sources.list first, then the parts by name; none where there is no apt", () => {
  const apt = mkdtempSync(join(tmpdir(), 'rootfs-sources-'));
  try {
    assert.equal(machineSources(join(apt, 'nowhere')), []);
    mkdirSync(join(apt, 'sources.list.d'));
    writeFileSync(join(apt, 'sources.list'), 'deb http://one/debian a main\n');
    writeFileSync(join(apt, 'sources.list.d/b.sources'), 'Types: deb\nURIs: http://three/debian\nSuites: a\n');
    writeFileSync(join(apt, 'sources.list.d/a.list'), 'deb http://two/debian a main\n');
    writeFileSync(join(apt, 'sources.list.d/c.save'), 'deb http://four/debian a main\n');
    assert.equal(
      machineSources(apt).map(({ uri }) => uri),
      ['http://one/debian', 'http://two/debian', 'http://three/debian'],
    );
  } finally {
    rmSync(apt, { recursive: true });
  }
});

test('a list of mirrors in a file is its first that can be used', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rootfs-mirrors-'));
  try {
    const list = join(folder, 'debian.list');
    writeFileSync(list, '# ours\nftp://zero/debian\nhttps://one/debian\tpriority:1\nhttp://two/debian\n');
    const found = [{ type: 'deb', uri: 'https://one/debian', suite: 'a' }];
    assert.equal(parseList(`deb mirror+file:${list} a main\n`), found);
    assert.equal(parseDeb822(`Types: deb\nURIs: mirror+file:${list}\nSuites: a\n`), found);
    assert.equal(parseList(`deb mirror+file:${folder}/none a main\n`), []);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test("a Debian's suite, nobody else's", () => {
  assert.is(ownSuite('NAME="x"\nID=debian\nVERSION_CODENAME=bookworm\n'), 'bookworm');
  assert.is(ownSuite('ID="debian"\nVERSION_CODENAME="trixie"'), 'trixie');
  assert.is(ownSuite('ID=ubuntu\nVERSION_CODENAME=noble\n'), undefined);
  assert.is(ownSuite('ID=debian\n'), undefined);
});

test('which engine, and what it needs', () => {
  const here = (isRoot: boolean, ...programs: string[]) => ({ isRoot, has: (name: string) => programs.includes(name) });
  assert.is(chooseEngine(undefined, here(true, 'debootstrap', 'mmdebstrap')), 'debootstrap');
  assert.is(chooseEngine(undefined, here(true, 'mmdebstrap')), 'mmdebstrap');
  assert.is(chooseEngine('mmdebstrap', here(true, 'debootstrap', 'mmdebstrap')), 'mmdebstrap');
  assert.is(chooseEngine(undefined, here(false, 'debootstrap', 'mmdebstrap', 'newuidmap')), 'mmdebstrap');
  assert.throws(() => chooseEngine(undefined, here(true)), /apt-get install debootstrap$/);
  assert.throws(() => chooseEngine(undefined, here(false)), /apt-get install mmdebstrap uidmap$/);
  assert.throws(() => chooseEngine('debootstrap', here(false, 'debootstrap')), /needs root/);
});

test("debootstrap's progress goes forward, phase by phase, and its errors are put together", () => {
  const seen: [number, string][] = [];
  const hear = debootstrapPhases((done, phase) => seen.push([Math.round(done * 100), phase]));
  const lines = [
    'P: 0 100 DOWNREL',
    'PF: Downloading Release file',
    'P: 100 100',
    'P: 5 10 DOWNDEBS',
    'P: 10 10',
    'noise: P: 1 2',
  ];
  for (const line of [...lines, 'P: 0 0 SIZEDEBS', 'P: 1 2 UNKNOWN', 'P: 20 20 CONFBASE'])
    assert.is(hear(line), undefined);
  assert.equal(
    seen.map(([part]) => part),
    [0, 1, 31, 46, 8, 100],
  );
  const error = ['E: NOGETREL', 'EA: http://x/Release', 'EF: Failed getting release file %s'].map(hear);
  assert.equal(error, [undefined, undefined, 'Failed getting release file http://x/Release']);
});

test("mmdebstrap's phases and errors", () => {
  const seen: string[] = [];
  const hear = mmdebstrapPhases((_done, phase) => seen.push(phase));
  assert.is(hear('I: downloading packages with apt...'), undefined);
  assert.is(hear('Get:1 http://mirror.example'), undefined);
  assert.is(hear('E: Unable to locate package x'), 'Unable to locate package x');
  assert.equal(seen, ['Downloading packages']);
});

test('the cache knows a bootstrap by all that it depends on', () => {
  const wanted = { engine: 'debootstrap', suite: 'bookworm', mirror: debian, packages: ['a', 'b'] } as const;
  const others = [
    { ...wanted, engine: 'mmdebstrap' as const },
    { ...wanted, suite: 'trixie' },
    { ...wanted, mirror: 'http://other/debian' },
    { ...wanted, packages: ['a'] },
  ];
  assert.is(archiveName({ ...wanted }), archiveName(wanted));
  assert.is(new Set([wanted, ...others].map(archiveName)).size, 5);
  assert.match(archiveName(wanted), /^bookworm-\w+-debootstrap-[0-9a-f]{10}\.tar\.gz$/);
});

test.run();
