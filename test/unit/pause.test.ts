/** `--pause`: what it shows of a change, and what it tells to look at. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { linkTexts } from '../../src/pause/namespaces-view.ts';
import { changes } from '../../src/pause/snapshot.ts';
import { lookAt } from '../../src/pause/where-to-look.ts';
import type { Call } from '../../src/syscalls/call.ts';
import { close, mkdir, openat, openWithin, symlink, writeFile } from '../../src/syscalls/files.ts';
import { O_PATH, O_RDONLY } from '../../src/syscalls/flags.ts';
import { interfaceUp } from '../../src/syscalls/network.ts';

const byParent = (call: Call, child?: number) => lookAt({ side: 'parent', depth: 0, pid: 10, call, known: {} }, child);
const byChild = (call: Call) => lookAt({ side: 'child', depth: 0, pid: 11, call, known: {} }, 11);

test('a change is a line that goes and a line that comes; what stands twice counts twice', () => {
  assert.equal(changes({ link: ['lo down', 'a', 'a'] }, { link: ['lo up', 'a'], root: ['/'] }), [
    '- link: lo down',
    '- link: a',
    '+ link: lo up',
    '+ root: /',
  ]);
});

test('a link: its name, its state and its IPv4 addresses', () => {
  const list = [
    {},
    { ifname: 'lo', flags: ['LOOPBACK'], addr_info: [] },
    {
      ifname: 'eth0',
      flags: ['BROADCAST', 'UP'],
      addr_info: [
        { family: 'inet', local: '169.254.1.2', prefixlen: 30 },
        { family: 'inet6', local: 'fe80::1', prefixlen: 64 },
      ],
    },
  ];
  assert.equal(linkTexts(JSON.stringify(list)), ['lo down', 'eth0 up 169.254.1.2/30']);
  assert.equal(linkTexts(''), []);
});

test('what to look at is what the call is about, on the side that makes it', () => {
  const [open, write] = writeFile('/proc/11/uid_map', '0 1 1\n');
  assert.is(byParent(open as Call, 11), 'cat /proc/11/uid_map');
  assert.is(byParent(write as Call, 11), 'cat /proc/11/uid_map');
  assert.is(byParent(openat('/proc/11/ns/user', O_RDONLY), 11), 'ls -ld /proc/11/ns/user');
  assert.is(byParent(openat('/images/one', O_RDONLY)), 'ls -ld /images/one');
  assert.is(byParent(mkdir('/sys/fs/cgroup/x')), 'ls -d /sys/fs/cgroup/x');
  assert.is(byParent(close(5), 11), 'ls -l /proc/10/fd');
  assert.is(byParent(interfaceUp(5, 'lab0'), 11), 'ip address');
  assert.match(byChild(interfaceUp(5, 'eth0')), /^nsenter -t 11 .*--net ip address$/);
  assert.is(byChild(openWithin('/mnt', O_PATH)), 'ls -ld /proc/11/root/mnt');
  assert.is(byChild(mkdir('proc')), 'ls -l /proc/11/cwd/');
  assert.is(byChild(symlink('pts/ptmx', 'dev/ptmx')), 'ls -l /proc/11/cwd/dev/');
});

test.run();
