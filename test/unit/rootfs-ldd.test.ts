import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findNeeds, parseLdd } from '../../rootfs-builder/host/ldd.ts';

const none = { libraries: [], missing: [] };

test('several files: libraries, loader, no vdso', () => {
  const output = [
    '/usr/bin/bash:',
    '\tlinux-vdso.so.1 (0x00007f70da3e4000)',
    '\tlibtinfo.so.6 => /lib/x86_64-linux-gnu/libtinfo.so.6 (0x00007f70da25c000)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f70da3e6000)',
    '/usr/bin/busybox:',
    '\tnot a dynamic executable',
    '/sbin/ldconfig:',
    '\tstatically linked',
    '/usr/bin/odd:',
    '\tlibodd.so.1 => not found',
    '\tlibc.so.6 => /lib/libc.so.6 (0x00007f)',
    '',
  ].join('\n');
  const needs = parseLdd(output, ['/usr/bin/bash', '/usr/bin/busybox', '/sbin/ldconfig', '/usr/bin/odd']);
  assert.equal(
    [...needs],
    [
      [
        '/usr/bin/bash',
        { libraries: ['/lib/x86_64-linux-gnu/libtinfo.so.6', '/lib64/ld-linux-x86-64.so.2'], missing: [] },
      ],
      ['/usr/bin/busybox', none],
      ['/sbin/ldconfig', none],
      ['/usr/bin/odd', { libraries: ['/lib/libc.so.6'], missing: ['libodd.so.1'] }],
    ],
  );
});

test('one file: no heading', () => {
  const needs = parseLdd('\tlibc.so.6 => /lib/libc.so.6 (0x00007f)\n', ['/bin/true']);
  assert.equal(needs.get('/bin/true'), { libraries: ['/lib/libc.so.6'], missing: [] });
});

test('an interpreter counts under the path that the program asks for', () => {
  const needs = parseLdd('\t/lib64/ld-linux-x86-64.so.2 => /usr/lib64/ld-linux-x86-64.so.2 (0x00007f)\n', [
    '/bin/true',
  ]);
  assert.equal(needs.get('/bin/true')?.libraries, ['/lib64/ld-linux-x86-64.so.2']);
});

test('old and odd ways to say that there is no file', () => {
  for (const line of ['\tlinux-vdso.so.1 =>  (0x00007fff)', '\tlinux-gate.so.1 (0xb7)', '\tstatically linked']) {
    assert.equal(parseLdd(`${line}\n`, ['/x']).get('/x'), none, line);
  }
});

test('this machine: a shell needs a C library, a file that is not there is an error', () => {
  const libraries = findNeeds(['/bin/sh', '/bin/bash']).get('/bin/bash')?.libraries ?? [];
  assert.ok(libraries.some((path) => path.endsWith('/libc.so.6')));
  assert.ok(libraries.some((path) => /\/ld-linux[^/]*$/.test(path)));
  assert.throws(() => findNeeds(['/bin/sh', 'relative']), /ldd said nothing about relative/);
});

test.run();
