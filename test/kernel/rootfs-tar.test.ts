/** Archives from anywhere become images, and get at nothing else. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { buildImage } from '../../rootfs-builder/build.ts';
import { removeTree } from '../../rootfs-builder/remove.ts';
import { tarRecipe } from '../../rootfs-builder/tar/recipe.ts';

const isRoot = process.geteuid?.() === 0;

interface Entry {
  readonly name: string;
  /** Of ustar: 0 file, 1 hard link, 2 symlink, 3 character device, 4 block device, 5 directory, 6 pipe. */
  readonly type?: string;
  readonly link?: string;
  readonly text?: string;
  readonly mode?: number;
  readonly owner?: number;
  readonly device?: readonly [number, number];
}

/** An archive by hand, as no well-meaning program would write it. Source: tar(5). */
function archive(entries: readonly Entry[]): Buffer {
  const octal = (value: number, length: number) => `${value.toString(8).padStart(length - 1, '0')}\0`;
  const blocks = entries.flatMap(
    ({ name, type = '0', link = '', text = '', mode = 0o644, owner = 0, device = [0, 0] }) => {
      const header = Buffer.alloc(512);
      const body = Buffer.alloc(Math.ceil(text.length / 512) * 512);
      body.write(text);
      header.write(name, 0, 'latin1');
      header.write(octal(mode, 8) + octal(owner, 8) + octal(owner, 8) + octal(text.length, 12) + octal(1e9, 12), 100);
      header.write(`        ${type}${link}`, 148);
      header.write('ustar\x0000', 257);
      header.write(octal(device[0], 8) + octal(device[1], 8), 329);
      header.write(
        octal(
          header.reduce((sum, byte) => sum + byte, 0),
          7,
        ),
        148,
      );
      return [header, body];
    },
  );
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

const test = suite<{ top: string; outside: string }>('rootfs-tar');

test.before.each((context) => {
  context.top = mkdtempSync(join(tmpdir(), 'rootfs-tar-'));
  context.outside = join(context.top, 'outside');
  mkdirSync(context.outside);
  writeFileSync(join(context.outside, 'victim'), 'unharmed');
});

test.after.each(({ top }) => removeTree(top));

/** Builds the image `x` from a file. Gives its directory, or the error; and what was said. */
async function build(top: string, content: Buffer | readonly Entry[], name = 'x.tar') {
  const file = join(top, name);
  writeFileSync(file, Buffer.isBuffer(content) ? content : archive(content as readonly Entry[]));
  const said: string[] = [];
  const directory = join(top, 'rootfs/x');
  try {
    await buildImage(tarRecipe('x', file), directory, { replace: true, say: (line) => said.push(line) });
    return { directory, said, error: '' };
  } catch (error) {
    return { directory, said, error: (error as Error).message };
  }
}

const ok: Entry = { name: 'bin/ok', text: 'ok' };

test('what should lie outside does not, whichever way it is written', async ({ top, outside }) => {
  const victim = join(outside, 'victim');
  const hostile: Record<string, Entry[]> = {
    'parent folder': [{ name: '../outside/evil', text: 'x' }],
    'deep parent folders': [{ name: `bin/${'../'.repeat(20)}${outside.slice(1)}/evil`, text: 'x' }],
    'absolute link': [
      { name: 'way', type: '2', link: outside },
      { name: 'way/evil', text: 'x' },
    ],
    'relative link': [
      { name: 'way', type: '2', link: '../../../outside' },
      { name: 'way/evil', text: 'x' },
    ],
    'link by link': [
      { name: 'one', type: '2', link: '..' },
      { name: 'two', type: '2', link: 'one/..' },
      { name: 'two/../outside/evil', text: 'x' },
    ],
    'folder that becomes a link': [
      { name: 'way/', type: '5', mode: 0o755 },
      { name: 'way', type: '2', link: outside },
      { name: 'way/evil', text: 'x' },
    ],
    'hard link': [
      { name: 'hard', type: '1', link: victim },
      { name: 'hard', text: 'harm' },
    ],
    'hard link by parent folders': [
      { name: 'hard', type: '1', link: '../outside/victim' },
      { name: 'hard', text: 'harm' },
    ],
    'hard link to a link': [
      { name: 'soft', type: '2', link: victim },
      { name: 'hard', type: '1', link: 'soft' },
      { name: 'hard', text: 'harm' },
    ],
    'write through a link': [
      { name: 'soft', type: '2', link: victim },
      { name: 'soft', text: 'harm' },
    ],
    'the image itself a link': [
      { name: './', type: '2', link: outside },
      { name: 'evil', text: 'x' },
    ],
    'the tools of the jail': [
      { name: 'way', type: '2', link: '/usr/bin' },
      { name: 'way/find', text: 'x', mode: 0o755 },
    ],
  };
  for (const [name, entries] of Object.entries(hostile)) {
    const { directory, error } = await build(top, [ok, ...entries]);
    assert.equal([name, readdirSync(outside), readFileSync(victim, 'utf8')], [name, ['victim'], 'unharmed']);
    assert.is(lstatSync(victim).nlink, 1, name);
    // Either it was refused and nothing is left, or it is in the image.
    if (error) {
      assert.match(error, /x\.tar: \S/, name);
      assert.is(existsSync(directory), false, name);
    } else assert.is(lstatSync(directory).isDirectory(), true, name);
    assert.equal(readdirSync(top).sort(), ['outside', 'rootfs', 'x.tar'], name);
    assert.is(readdirSync(join(top, 'rootfs')).filter((entry) => entry !== 'x').length, 0, name);
    await removeTree(directory);
  }
});

test('one folder around all is left out, and said; a folder that belongs there stays', async ({ top }) => {
  const around = [
    { name: 'alpine-3.19/', type: '5', mode: 0o555 },
    { name: 'alpine-3.19/bin/', type: '5', mode: 0o555 },
    { name: 'alpine-3.19/bin/ok', text: 'ok' },
  ];
  const { directory, said, error } = await build(top, around);
  assert.equal([error, readdirSync(directory), said.length], ['', ['bin'], 1]);
  assert.match(said[0] ?? '', 'alpine-3.19');
  for (const entries of [
    [ok],
    [...around, { name: 'alpine-3.19-notes', text: 'x' }],
    [{ name: 'usr/bin/ok', text: 'x' }],
  ]) {
    assert.equal((await build(top, entries)).said, []);
  }
});

test('a refusal is one line with the reason', async ({ top }) => {
  const { error } = await build(top, [ok, { name: '../evil', text: 'x' }]);
  assert.match(error, /failed:\n {2}\S*\/x\.tar: \S*evil: Member name contains '\.\.'$/);
});

test('an absolute name is one below the image, and absolute links stay as they are', async ({ top }) => {
  const { directory, error } = await build(top, [
    { name: '/etc/own', text: 'inside' },
    { name: 'etc/link', type: '2', link: '/etc/own' },
  ]);
  assert.is(error, '');
  assert.is(readFileSync(join(directory, 'etc/own'), 'utf8'), 'inside');
  assert.is(readlinkSync(join(directory, 'etc/link')), '/etc/own');
});

test('device nodes are left out and counted; pipes, hard links and modes are kept; set-id bits are not', async ({
  top,
}) => {
  const { directory, said, error } = await build(top, [
    { name: 'dev/null', type: '3', device: [1, 3], mode: 0o666 },
    { name: 'dev/sda', type: '4', device: [8, 0], mode: 0o666 },
    { name: 'dev/whiteout', type: '3', device: [0, 0] },
    { name: 'pipe', type: '6' },
    { name: 'bin/su', text: 'x', mode: 0o6755 },
    { name: 'bin/same', type: '1', link: 'bin/su' },
    { name: 'tmp/', type: '5', mode: 0o1777 },
    { name: 'var/mail/', type: '5', mode: 0o2775 },
    { name: 'closed/', type: '5', mode: 0 },
    { name: 'closed/file', text: 'x', mode: 0 },
    { name: 'caf\xe9', text: 'latin' },
  ]);
  assert.is(error, '');
  const mode = (path: string) => (lstatSync(join(directory, path)).mode & 0o7777).toString(8);
  assert.equal(readdirSync(join(directory, 'dev')), []);
  assert.match(said[0] ?? '', /^Left out [23] device nodes/);
  assert.ok(lstatSync(join(directory, 'pipe')).isFIFO());
  assert.is(lstatSync(join(directory, 'bin/su')).ino, lstatSync(join(directory, 'bin/same')).ino);
  assert.equal(['bin/su', 'tmp', 'var/mail', 'closed'].map(mode), ['755', '1777', '2775', '0']);
  await removeTree(directory);
  assert.is(existsSync(directory), false);
});

test(`files belong to ${isRoot ? 'whom the archive says' : 'the user'}`, async ({ top }) => {
  const { directory } = await build(top, [
    { ...ok, owner: 1234 },
    { name: 'bin/root', text: 'x' },
  ]);
  const owners = ['bin/ok', 'bin/root'].map((name) => lstatSync(join(directory, name)).uid);
  const own = process.geteuid?.();
  assert.equal(owners, isRoot ? [1234, 0] : [own, own]);
});

test('holes stay holes', async ({ top }) => {
  const source = join(top, 'source');
  mkdirSync(source);
  spawnSync('truncate', ['--size=50M', join(source, 'hole')]);
  for (const format of ['gnu', 'posix']) {
    spawnSync('tar', [
      '--create',
      '--sparse',
      `--format=${format}`,
      `--file=${join(top, 's.tar')}`,
      `--directory=${source}`,
      '.',
    ]);
    const { directory, error } = await build(top, readFileSync(join(top, 's.tar')));
    assert.is(error, '');
    const { size, blocks } = lstatSync(join(directory, 'hole'));
    assert.equal([size, blocks < 100], [50 * 2 ** 20, true], format);
  }
});

test('compression is found out by looking, not by the name', async ({ top }) => {
  for (const program of ['gzip', 'xz', 'zstd', 'bzip2']) {
    const { error, stdout } = spawnSync(program, ['-c'], { input: archive([ok]) });
    if (error) continue;
    const built = await build(top, stdout, 'misnamed.tar');
    assert.is(built.error, '', program);
    assert.is(readFileSync(join(built.directory, 'bin/ok'), 'utf8'), 'ok');
    rmSync(built.directory, { recursive: true });
  }
});

test('what is no root file system is refused with what to do', async ({ top }) => {
  const cases: [string, Buffer | Entry[], RegExp][] = [
    [
      'docker save',
      [
        { name: 'manifest.json', text: '[]' },
        { name: 'a/layer.tar', text: 'x' },
      ],
      /docker export/,
    ],
    ['an OCI layout', [{ name: 'oci-layout', text: '{}' }], /image in layers/],
    ['cut short', archive([ok, { name: 'big', text: 'x'.repeat(5000) }]).subarray(0, 3000), /Unexpected EOF/],
    ['cut short, compressed', spawnSync('gzip', ['-c'], { input: archive([ok]) }).stdout.subarray(0, 60), /nexpected/],
    ['no archive', Buffer.from('#!/bin/sh\necho hello\n'.repeat(100)), /does not look like a tar archive/],
    ['nothing', Buffer.alloc(0), /does not look like a tar archive|holds nothing/],
    ['only the end', archive([]), /holds nothing/],
  ];
  for (const [name, content, pattern] of cases) {
    const { directory, error } = await build(top, content);
    assert.match(error, pattern, name);
    assert.is(error.split('\n').length, 2, error);
    assert.is(existsSync(directory), false, name);
    assert.equal(readdirSync(join(top, 'rootfs')), [], name);
  }
});

test.run();
