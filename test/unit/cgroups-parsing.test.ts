/** Pure functions of src/cgroups: what they make of the kernel's texts. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { findHierarchies } from '../../src/cgroups/hierarchies.ts';
import { weightOfShares } from '../../src/cgroups/weight.ts';
import { cgroupMountPoints, parseMemberships } from '../../src/proc/memberships.ts';
import { mountOf, parseMountinfo, pathBelow } from '../../src/proc/mountinfo.ts';
import { checkResources, cpuList } from '../../src/settings/resources.ts';

const systemd = {
  mountinfo: '30 23 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n',
  cgroup: '0::/user.slice/user-1000.slice/session-3.scope\n',
};

const hybrid = {
  mountinfo: [
    '31 23 0:28 / /sys/fs/cgroup rw - tmpfs tmpfs rw,mode=755',
    '32 31 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:3 master:1 - cgroup cgroup rw,cpu,cpuacct',
    '33 31 0:30 / /sys/fs/cgroup/cpuset rw - cgroup cgroup rw,cpuset',
    '34 31 0:31 / /sys/fs/cgroup/systemd rw - cgroup cgroup rw,xattr,name=systemd',
    '35 31 0:32 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw',
  ].join('\n'),
  cgroup: '4:name=systemd:/init.scope\n3:memory:/\n2:cpuset:/\n1:cpu,cpuacct:/a b/c:d\n0::/init.scope\n',
};

test('pure v2: one hierarchy, and our own cgroup in it', () => {
  assert.equal(findHierarchies(systemd.mountinfo, systemd.cgroup), [
    {
      version: 2,
      controllers: [],
      mountPoint: '/sys/fs/cgroup',
      own: '/sys/fs/cgroup/user.slice/user-1000.slice/session-3.scope',
      readOnly: false,
      holdsOwn: true,
    },
  ]);
});

test('hybrid: controllers that share a hierarchy are one, and one that is not mounted is none', () => {
  const found = findHierarchies(hybrid.mountinfo, hybrid.cgroup);
  assert.equal(
    found.map(({ version, controllers, own }) => [version, controllers.join(), own]),
    [
      [1, 'name=systemd', '/sys/fs/cgroup/systemd/init.scope'],
      [1, 'cpuset', '/sys/fs/cgroup/cpuset'],
      [1, 'cpu,cpuacct', '/sys/fs/cgroup/cpu,cpuacct/a b/c:d'],
      [2, '', '/sys/fs/cgroup/unified/init.scope'],
    ],
  );
  assert.equal(cgroupMountPoints(hybrid.mountinfo).length, 4);
});

test('cpu is not taken for cpuset, nor the other way round', () => {
  const [only] = findHierarchies('33 31 0:30 / /c rw - cgroup cgroup rw,cpuset', '2:cpuset:/\n1:cpu:/\n');
  assert.equal(only?.controllers, ['cpuset']);
});

test('a container sees its own cgroup as the root of the mount', () => {
  const [memory] = findHierarchies(
    '40 31 0:31 /docker/abc /cg/memory ro - cgroup cgroup rw,memory',
    '5:memory:/docker/abc/x\n',
  );
  assert.is(memory?.own, '/cg/memory/x');
  assert.is(memory?.readOnly, true);
});

test('own cgroup outside of what is mounted: the mount point has to do', () => {
  const own = (root: string, path: string) =>
    findHierarchies(`40 31 0:31 ${root} /cg rw - cgroup2 c rw`, `0::${path}\n`)[0]?.own;
  assert.is(own('/docker/abc', '/docker/abcd'), '/cg');
  assert.is(own('/../..', '/'), '/cg');
  assert.is(own('/', '/../other'), '/cg');
  assert.is(own('/..', '/../other'), '/cg/other');
});

test('of several mounts, the one that holds our own cgroup and can be written', () => {
  const mounts = [
    '1 0 0:31 /x /a rw - cgroup2 c rw',
    '2 0 0:31 / /b ro - cgroup2 c rw',
    '3 0 0:31 / /c rw - cgroup2 c rw',
  ];
  assert.is(findHierarchies(mounts.join('\n'), '0::/y\n')[0]?.own, '/c/y');
});

test('lines that are none are skipped', () => {
  assert.equal(parseMemberships('nonsense\n\n'), []);
  assert.equal(parseMountinfo('nonsense\n\n1 2 3\n'), []);
});

test('mountinfo: escapes, optional fields and the deepest, latest mount', () => {
  const mounts = parseMountinfo(
    [
      '27 1 254:1 / / rw shared:1 - ext4 /dev/vda1 rw',
      '28 27 254:2 / /a\\040b rw - ext4 /dev/vda2 rw',
      '29 28 0:50 / /a\\040b rw - tmpfs none rw',
    ].join('\n'),
  );
  assert.is(mountOf('/a b/c', mounts)?.type, 'tmpfs');
  assert.is(mountOf('/a bc', mounts)?.device, '254:1');
  assert.is(pathBelow('/', '/'), '');
});

test('weight of shares: the ends and the default of both scales, and a value that runc 1.4 gives', () => {
  assert.equal([2, 1024, 2000, 262144].map(weightOfShares), [1, 100, 170, 10000]);
});

test('CPU lists', () => {
  assert.equal(cpuList('0-2,5'), [0, 1, 2, 5]);
  for (const wrong of ['', '2-1', 'a', '1,', '-1', '0-1:2']) assert.throws(() => cpuList(wrong), RangeError);
});

test('limits that make no sense are refused by name', () => {
  checkResources({});
  checkResources({ memory: 1, cpus: 0.01, cpuShares: 2, cpusetCpus: '0', pids: 1, deviceWriteBps: 1 });
  assert.throws(() => checkResources({ cpus: 0 }), /^cpus is 0/);
  assert.throws(() => checkResources({ cpus: Number.NaN }), /cpus/);
  assert.throws(() => checkResources({ cpuShares: 1 }), /cpuShares is 1; it must be a whole number from 2 to 262144/);
  assert.throws(() => checkResources({ pids: 1.5 }), /pids/);
});

test.run();
