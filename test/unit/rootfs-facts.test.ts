import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { fullDisk, ownWords } from '../../rootfs-builder/cause.ts';
import { ensureImage } from '../../rootfs-builder/images.ts';
import { subordinateIds } from '../../rootfs-builder/namespaces.ts';
import { compressorFor, decompressorOf } from '../../rootfs-builder/tar/compression.ts';
import { parseMountinfo } from '../../src/proc/mountinfo.ts';

test('mount points, with blanks and backslashes in them', () => {
  const text = '22 27 0:21 / /proc rw - proc proc rw\n30 25 0:27 / /a\\040b\\134c rw shared:1 - tmpfs x rw\n';
  const mounts = parseMountinfo(text);
  assert.equal(
    mounts.map(({ mountPoint }) => mountPoint),
    ['/proc', '/a b\\c'],
  );
});

test('subordinate ids, by name or by number', () => {
  const text = 'other:1:2\nann:100000:65536\n1002:200000:65536\nzero:1:0\n';
  assert.equal(subordinateIds(text, 'ann', 1001), [100000, 65536]);
  assert.equal(subordinateIds(text, 'bob', 1002), [200000, 65536]);
  assert.is(subordinateIds(text, 'zero', 7), undefined);
});

test('compression: written as the name says, read as the file begins', () => {
  assert.is(compressorFor('/a/x.tar'), undefined);
  assert.match(compressorFor('x.tgz') ?? '', /^gzip .*-n/);
  assert.match(compressorFor('x.tar.zst') ?? '', /^zstd/);
  assert.throws(() => compressorFor('x.zip'), /should end in \.tar/);
  assert.is(decompressorOf(Buffer.from('28b52ffd00', 'hex')), 'zstd');
  assert.is(decompressorOf(Buffer.from('')), undefined);
});

test('the first error is the cause; what was stopped says why', () => {
  const lines = ['I: x', 'E: the cause', 'E: the consequence'];
  assert.is(ownWords('x', { status: 1, lines, lastLine: 'E: the consequence' }), 'x: the cause');
  assert.is(ownWords('x', { status: 3, lines: [], lastLine: '' }), 'x: it ended with status 3 and said nothing');
  assert.match(
    ownWords('x', { status: undefined, lines: [], lastLine: '', stopped: 'took more than 1 minutes' }),
    /took more/,
  );
});

test('a full disk is seen by what programs say of it', () => {
  assert.is(
    fullDisk('/', ['tar: x: Cannot write: No space left on device'])?.startsWith('The disk that holds / is full'),
    true,
  );
});

test('a slow image is not built because a step asks for it, and the way is shown', async () => {
  const error = await ensureImage('debian', { place: '/nowhere' }).catch((reason: Error) => reason.message);
  assert.match(String(error), /no image `debian` yet\. Build it \(.*\): npm run rootfs -- debian$/);
});

test.run();
