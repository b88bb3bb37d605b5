import { test } from 'uvu';
import * as assert from 'uvu/assert';
import {
  coversOfProc,
  findCgroups,
  readNamespaceSettings,
  rootPropagation,
  wslVersion,
} from '../../src/doctor/facts.ts';
import { policyInRules, policyInRuleset } from '../../src/network/firewall.ts';
import { isInitialMap, ordinaryId } from '../../src/proc/id-maps.ts';
import { lacking, parseStatus } from '../../src/proc/status.ts';

const DOCKER_STATUS = `Name:\tnode
Uid:\t0\t0\t0\t0
CapInh:\t0000000000000000
CapEff:\t00000000a80425fb
CapBnd:\t00000000a80425fb
NoNewPrivs:\t0
Seccomp:\t2
Seccomp_filters:\t1
`;

const DOCKER_MOUNTS = `1200 1100 0:300 / / rw,relatime master:99 - overlay overlay rw,lowerdir=/a:/b
1201 1200 0:301 / /proc rw,nosuid,nodev,noexec,relatime - proc proc rw
1205 1200 0:305 / /sys ro,nosuid,nodev,noexec,relatime - sysfs sysfs ro
1206 1205 0:28 / /sys/fs/cgroup ro,nosuid,nodev,noexec,relatime - cgroup2 cgroup rw,nsdelegate
1300 1201 0:301 /bus /proc/bus ro,nosuid,nodev,noexec,relatime - proc proc rw
1301 1201 0:310 / /proc/acpi ro,relatime - tmpfs tmpfs ro
1302 1201 0:302 /null /proc/kcore rw,nosuid - tmpfs tmpfs rw,size=65536k
`;

const UBUNTU_MOUNTS = `29 1 8:2 / / rw,relatime shared:1 - ext4 /dev/sda2 rw
24 29 0:22 / /proc rw,nosuid,nodev,noexec,relatime shared:13 - proc proc rw
40 24 0:35 / /proc/sys/fs/binfmt_misc rw,relatime shared:16 - autofs systemd-1 rw,fd=29
35 29 0:30 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate
`;

test('Docker root lacks CAP_SYS_ADMIN and CAP_NET_ADMIN, and has a filter', () => {
  const rights = parseStatus(DOCKER_STATUS);
  assert.equal(lacking(rights.effective), ['CAP_NET_ADMIN', 'CAP_SYS_ADMIN']);
  assert.equal(rights.seccompFilter, true);
  assert.equal(rights.noNewPrivs, false);
});

test('a full set lacks nothing, an empty one everything', () => {
  assert.equal(lacking('000001ffffffffff'), []);
  assert.is(lacking('0').length, 5);
});

test('Docker covers parts of /proc; binfmt_misc covers nothing', () => {
  assert.equal(coversOfProc(DOCKER_MOUNTS), ['/proc/bus', '/proc/acpi', '/proc/kcore']);
  assert.equal(coversOfProc(UBUNTU_MOUNTS), []);
});

test('propagation of the root mount', () => {
  assert.is(rootPropagation(UBUNTU_MOUNTS), 'shared');
  assert.is(rootPropagation(DOCKER_MOUNTS), 'slave');
  assert.is(rootPropagation('27 1 254:0 / / rw - ext4 /dev/vda rw'), 'private');
  assert.is(rootPropagation('22 27 0:21 / /proc rw - proc proc rw'), undefined);
});

test('a mount on top of the root mount decides', () => {
  const stacked = `1 0 0:1 / / rw shared:1 - rootfs rootfs rw\n2 1 8:1 / / rw - ext4 /dev/sda rw`;
  assert.is(rootPropagation(stacked), 'private');
});

test('cgroup v2 has its controllers in a file', () => {
  const { mode, hierarchies } = findCgroups(UBUNTU_MOUNTS, '0::/user.slice\n', () => 'cpuset cpu io memory pids\n');
  assert.is(mode, 'v2');
  assert.equal(hierarchies, [
    { version: 2, path: '/sys/fs/cgroup', readOnly: false, controllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'] },
  ]);
});

test('a read-only cgroup mount is seen as one', () => {
  assert.is(findCgroups(DOCKER_MOUNTS, '0::/\n', () => 'cpu').hierarchies[0]?.readOnly, true);
});

test('hybrid: v1 hierarchies next to v2', () => {
  const mounts = `35 31 0:32 / /sys/fs/cgroup/memory rw - cgroup cgroup rw,memory
41 31 0:38 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw
`;
  const { mode, hierarchies } = findCgroups(mounts, '4:memory:/\n0::/\n', () => 'hugetlb\n');
  assert.is(mode, 'hybrid');
  assert.equal(
    hierarchies.map(({ controllers }) => controllers),
    [['memory'], ['hugetlb']],
  );
});

test('without mounts there are no cgroups', () => {
  assert.equal(
    findCgroups('', '0::/\n', () => ''),
    { mode: 'none', hierarchies: [] },
  );
});

test('settings of Ubuntu 24.04', () => {
  const files: Record<string, string> = {
    '/proc/sys/kernel/apparmor_restrict_unprivileged_userns': '1\n',
    '/proc/sys/kernel/unprivileged_userns_clone': '1\n',
    '/proc/sys/user/max_user_namespaces': '62000\n',
  };
  const settings = readNamespaceSettings(
    (path) => files[path],
    () => true,
  );
  assert.equal(settings, { limits: { user: 62000 }, usernsClone: 1, apparmorRestricts: true, missing: [] });
});

test('a kernel without user namespaces lacks the file in /proc/self/ns', () => {
  const settings = readNamespaceSettings(
    () => undefined,
    (path) => path !== '/proc/self/ns/user',
  );
  assert.equal(settings.missing, ['user']);
  assert.is(settings.usernsClone, undefined);
});

test('the two kinds of WSL', () => {
  assert.is(wslVersion('Linux version 4.4.0-19041-Microsoft (Microsoft@Microsoft.com)'), 1);
  assert.is(wslVersion('Linux version 5.15.167.4-microsoft-standard-WSL2 (root@f9c826d3017f)'), 2);
  assert.is(wslVersion('Linux version 6.8.0-31-generic (buildd@lcy02)'), undefined);
});

test('an ordinary id', () => {
  assert.is(ordinaryId('         0          0 4294967295\n'), 65534);
  assert.is(ordinaryId('0 1000 1\n'), undefined);
  assert.is(ordinaryId('0 1000 1\n1 100000 1000\n'), 1);
  assert.ok(isInitialMap('         0          0 4294967295\n'));
  assert.not.ok(isInitialMap('0 1000 1\n'));
});

test('forward policies', () => {
  assert.is(policyInRules('-P FORWARD DROP\n-A FORWARD -j DOCKER-USER\n'), 'DROP');
  assert.is(policyInRules('iptables: Permission denied'), undefined);
  const chain = (policy: string) =>
    `chain FORWARD {\n\ttype filter hook forward priority filter; policy ${policy};\n}\n`;
  assert.is(policyInRuleset(chain('accept')), 'ACCEPT');
  assert.is(policyInRuleset(chain('accept') + chain('drop')), 'DROP');
  assert.is(policyInRuleset(''), undefined);
});

test.run();
