/** What each step asks of the kernel, compared as text. No call is made. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { blockAt } from '../../src/network/addresses.ts';
import { NAMESPACES } from '../../src/proc/namespaces.ts';
import { DEFAULT_RIGHTS, type Rights } from '../../src/settings/rights.ts';
import type { Settings } from '../../src/settings/settings.ts';
import { steps } from '../../src/steps/index.ts';
import { CLONE } from '../../src/syscalls/flags.ts';
import { flagText } from '../../src/syscalls/show.ts';
import { pretendToBe, record } from '../support/recorder.ts';

async function listOf(number: number, uid: number, settings: Partial<Settings> = {}): Promise<string> {
  const step = steps[number];
  if (!step) throw new Error(`no step ${number}`);
  const back = pretendToBe(uid);
  try {
    return withFirstCable((await record(step, settings, uid !== 0)).join('\n'));
  } finally {
    back();
  }
}

/** As if its cable were the first of this process: the number chooses the name and the addresses. */
function withFirstCable(text: string): string {
  const number = Number(/"lab(\d)"/.exec(text)?.[1] ?? 0);
  const [block, first] = [blockAt(number), blockAt(0)];
  return text
    .replace(new RegExp(`\\blab${number}\\b`, 'g'), 'lab0')
    .replaceAll(block.outside, first.outside)
    .replaceAll(block.inside, first.inside);
}

/** Lines without the indentation that they have in this file; `|` marks the margin. */
function lines(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*\|/, ''))
    .filter((line) => line.trim() !== '')
    .join('\n');
}

const PROGRAM = '  execve("/bin/true", ["true"], [/* 0 vars */])';
const waitFor = (pid: number) => `wait4(${pid}, <4 bytes>, 0, NULL)`;
const HOSTNAME = '  sethostname("lab", 3)';
const PRIVATE = '  mount("none", "/", NULL, MS_REC|MS_PRIVATE, NULL)';
const WAIT_AT_3 = lines(`
  |  close(4)
  |  read(3, <1 bytes>, 1)`);
const RELEASE = lines(`
  |close(3)
  |write(4, ".", 1)
  |close(4)`);
const PROC = '  mount("proc", "/proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)';
const ROOT_OF_ALL = '  setgroups(0, NULL)\n  setresgid(0, 0, 0)\n  setresuid(0, 0, 0)';
const ROOT_OF_ONE = '  setresgid(0, 0, 0)\n  setresuid(0, 0, 0)';

const file = (fd: number, path: string, text: string) =>
  lines(`
  |openat(AT_FDCWD, "${path}", O_WRONLY|O_CLOEXEC)
  |write(${fd}, "${text.replaceAll('\n', '\\n')}", ${text.length})
  |close(${fd})`);

const maps = (fd: number, pid: number, text: string) =>
  [file(fd, `/proc/${pid}/uid_map`, text), file(fd + 1, `/proc/${pid}/gid_map`, text)].join('\n');

const deniedMaps = (fd: number, pid: number, text: string) =>
  [file(fd, `/proc/${pid}/setgroups`, 'deny'), maps(fd + 1, pid, text)].join('\n');

const request = (fd: number, message: string, size: number) =>
  lines(`
  |socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, 0)
  |sendto(${fd}, {${message}}, ${size}, 0, NULL, 0)
  |recvfrom(${fd}, {NLMSG_ERROR, error=0}, 256, 0, NULL, NULL)
  |close(${fd})`);

const chooseCable = (fd: number) =>
  lines(`
  |socket(AF_UNIX, SOCK_DGRAM|SOCK_CLOEXEC, 0)
  |bind(${fd}, {sa_family=AF_UNIX, sun_path=@"container-lab/lab0"}, 21)
  |ioctl(${fd}, SIOCGIFINDEX, {ifr_name="lab0", ifr_ifindex=0})`);

const up = (indent: string, fd: number, name: string, address?: string) =>
  [
    'socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, 0)',
    ...(address
      ? [
          `ioctl(${fd}, SIOCSIFADDR, {ifr_name="${name}", ifr_addr={sa_family=AF_INET, sin_addr=${address}}})`,
          `ioctl(${fd}, SIOCSIFNETMASK, {ifr_name="${name}", ifr_netmask={sa_family=AF_INET, sin_addr=255.255.255.252}})`,
        ]
      : []),
    `ioctl(${fd}, SIOCSIFFLAGS, {ifr_name="${name}", ifr_flags=IFF_UP|IFF_RUNNING})`,
    `close(${fd})`,
  ]
    .map((line) => indent + line)
    .join('\n');

const layCable = (fd: number, pid: number) =>
  [
    request(
      fd,
      `RTM_NEWLINK, NLM_F_CREATE|NLM_F_EXCL, {IFLA_IFNAME="lab0", IFLA_INFO_KIND="veth", VETH_INFO_PEER={IFLA_IFNAME="eth0", IFLA_NET_NS_PID=${pid}}}`,
      104,
    ),
    request(fd + 1, 'RTM_NEWLINK, {IFLA_IFNAME="lab0", IFLA_IFALIAS="container-lab-00000000-1-2-3-4"}', 80),
    up('', fd + 2, 'lab0', '169.254.1.1'),
  ].join('\n');

const device = (fd: number, name: string) =>
  lines(`
  |  openat(AT_FDCWD, "dev/${name}", O_WRONLY|O_CREAT|O_CLOEXEC, 0666)
  |  close(${fd})
  |  mount("/dev/${name}", "dev/${name}", NULL, MS_BIND, NULL)`);

const kernelFiles = (fd: number) =>
  [
    '  mkdirat(AT_FDCWD, "proc", 0755)',
    '  mount("proc", "proc", "proc", MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)',
    '  mkdirat(AT_FDCWD, "dev", 0755)',
    '  mount("tmpfs", "dev", "tmpfs", MS_NOSUID|MS_NOEXEC, "mode=755,size=64k")',
    ...['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name, index) => device(fd + index, name)),
    '  mkdirat(AT_FDCWD, "dev/pts", 0755)',
    '  mount("devpts", "dev/pts", "devpts", MS_NOSUID|MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620")',
    '  symlinkat("pts/ptmx", AT_FDCWD, "dev/ptmx")',
    '  symlinkat("/proc/self/fd", AT_FDCWD, "dev/fd")',
    '  symlinkat("/proc/self/fd/0", AT_FDCWD, "dev/stdin")',
    '  symlinkat("/proc/self/fd/1", AT_FDCWD, "dev/stdout")',
    '  symlinkat("/proc/self/fd/2", AT_FDCWD, "dev/stderr")',
  ].join('\n');

const enterImage = (fd: number) => [kernelFiles(fd), '  chroot(".")', '  chdir("/")'].join('\n');
const PIVOT = '  pivot_root(".", ".")\n  umount2(".", MNT_DETACH)';

const RANGE = '0 1000000000 65536\n';
const MINE = '0 1000 1\n';
const ALL_SIX = 'clone(CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNS|CLONE_NEWUSER|CLONE_NEWNET)';

test('step 0: a child that says "World"', async () => {
  assert.is(
    await listOf(0, 0),
    lines(`
    |write(1, "Hello\\n", 6)
    |clone(0)
    |  write(1, "World\\n", 6)
    |${PROGRAM}
    |${waitFor(1000)}`),
  );
});

test('step 1: a host name of its own', async () => {
  assert.is(await listOf(1, 0), ['clone(CLONE_NEWUTS)', HOSTNAME, PROGRAM, waitFor(1000)].join('\n'));
});

for (const [number, added] of [
  [2, ''],
  [3, '|CLONE_NEWPID'],
] as const) {
  test(`step ${number}: the child waits until the parent has written its byte`, async () => {
    assert.is(
      await listOf(number, 0),
      [
        'pipe2([3, 4], O_CLOEXEC)',
        `clone(CLONE_NEWUTS|CLONE_NEWIPC${added})`,
        WAIT_AT_3,
        HOSTNAME,
        PROGRAM,
        RELEASE,
        waitFor(1000),
      ].join('\n'),
    );
  });
}

test('step 4: private first, then /proc', async () => {
  assert.is(
    await listOf(4, 0),
    [
      'pipe2([3, 4], O_CLOEXEC)',
      'clone(CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNS)',
      WAIT_AT_3,
      HOSTNAME,
      PRIVATE,
      PROC,
      PROGRAM,
      RELEASE,
      waitFor(1000),
    ].join('\n'),
  );
});

const FIVE = 'clone(CLONE_NEWUTS|CLONE_NEWIPC|CLONE_NEWPID|CLONE_NEWNS|CLONE_NEWUSER)';

test('step 5 by root: maps to a range that nobody has', async () => {
  assert.is(
    await listOf(5, 0),
    [
      'pipe2([3, 4], O_CLOEXEC)',
      FIVE,
      WAIT_AT_3,
      ROOT_OF_ALL,
      HOSTNAME,
      PRIVATE,
      PROC,
      PROGRAM,
      maps(5, 1000, RANGE),
      RELEASE,
      waitFor(1000),
    ].join('\n'),
  );
});

test('step 5 by a user: setgroups is denied first, and groups stay', async () => {
  assert.is(
    await listOf(5, 1000),
    [
      'pipe2([3, 4], O_CLOEXEC)',
      FIVE,
      WAIT_AT_3,
      ROOT_OF_ONE,
      HOSTNAME,
      PRIVATE,
      PROC,
      PROGRAM,
      deniedMaps(5, 1000, MINE),
      RELEASE,
      waitFor(1000),
    ].join('\n'),
  );
});

test('step 5 with maps that were asked for: one write each, whatever the number of lines', async () => {
  const text = await listOf(5, 0, {
    users: {
      uidMappings: [
        { inside: 0, outside: 100_000, count: 1000 },
        { inside: 1000, outside: 5000, count: 1 },
      ],
      gidMappings: [{ inside: 0, outside: 7, count: 1 }],
    },
  });
  assert.match(text, file(5, '/proc/1000/uid_map', '0 100000 1000\n1000 5000 1\n'));
  assert.match(text, file(6, '/proc/1000/gid_map', '0 7 1\n'));
});

/** Steps 6 and 7 differ by the cgroup alone, and without limits there is none. */
for (const number of [6, 7]) {
  test(`step ${number} by root: lo, and a cable`, async () => {
    assert.is(
      await listOf(number, 0),
      [
        'pipe2([3, 4], O_CLOEXEC)',
        chooseCable(5),
        ALL_SIX,
        WAIT_AT_3,
        ROOT_OF_ALL,
        HOSTNAME,
        PRIVATE,
        PROC,
        up('  ', 6, 'lo'),
        up('  ', 7, 'eth0', '169.254.1.2'),
        PROGRAM,
        maps(8, 1000, RANGE),
        layCable(10, 1000),
        RELEASE,
        waitFor(1000),
      ].join('\n'),
    );
  });

  test(`step ${number} by a user: lo alone`, async () => {
    assert.is(
      await listOf(number, 1000),
      [
        'pipe2([3, 4], O_CLOEXEC)',
        ALL_SIX,
        WAIT_AT_3,
        ROOT_OF_ONE,
        HOSTNAME,
        PRIVATE,
        PROC,
        up('  ', 5, 'lo'),
        PROGRAM,
        deniedMaps(6, 1000, MINE),
        RELEASE,
        waitFor(1000),
      ].join('\n'),
    );
  });
}

test('step 7: the cgroup is made before the clone, joined before the release', async () => {
  const text = await listOf(7, 0, { resources: { pids: 64 } });
  const made = text.indexOf('mkdirat(AT_FDCWD, "');
  // A machine without the controller has nothing to make.
  if (made < 0) {
    console.log('skipped: this machine has no pids controller in reach');
    return;
  }
  const joined = text.search(/openat\(AT_FDCWD, ".*container-lab-00000000-1-2-3-4\/cgroup\.procs"/);
  assert.match(
    text,
    /openat\(AT_FDCWD, ".*container-lab-00000000-1-2-3-4\/pids\.max", O_WRONLY\|O_CLOEXEC\)\nwrite\(\d+, "64", 2\)/,
  );
  assert.ok(made < text.indexOf(ALL_SIX) && text.indexOf(ALL_SIX) < joined);
  assert.ok(joined < text.indexOf('write(4, ".", 1)'));
  assert.match(text.slice(joined), /^openat\([^\n]*\nwrite\(\d+, "1000", 4\)\n/);
});

test('step 8 by root, with an image that belongs to root: the image is mounted through the maps', async () => {
  assert.is(
    await listOf(8, 0, { root: { path: '/proc' } }),
    [
      'pipe2([3, 4], O_CLOEXEC)',
      'openat(AT_FDCWD, "/proc", O_RDONLY|O_DIRECTORY|O_CLOEXEC|O_PATH)',
      'clone(CLONE_NEWUSER)',
      '  ppoll(NULL, 0, NULL, NULL, 8)',
      maps(6, 1000, RANGE),
      lines(`
      |openat(AT_FDCWD, "/proc/1000/ns/user", O_RDONLY|O_CLOEXEC)
      |openat(AT_FDCWD, "/proc", O_RDONLY|O_DIRECTORY|O_CLOEXEC)
      |open_tree(9, "", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)
      |mount_setattr(10, "", AT_EMPTY_PATH, {attr_set=MOUNT_ATTR_IDMAP, propagation=MS_PRIVATE, userns_fd=8}, 32)`),
      chooseCable(11),
      `${ALL_SIX} in 5`,
      WAIT_AT_3,
      ROOT_OF_ALL,
      HOSTNAME,
      PRIVATE,
      up('  ', 12, 'lo'),
      up('  ', 13, 'eth0', '169.254.1.2'),
      '  move_mount(10, "", AT_FDCWD, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)',
      '  fchdir(10)',
      enterImage(14),
      PROGRAM,
      maps(20, 1001, RANGE),
      layCable(22, 1001),
      RELEASE,
      waitFor(1001),
    ].join('\n'),
  );
});

test("step 8 with an image that is the container's root's own: no mapping", async () => {
  const owner = [{ inside: 0, outside: 0, count: 1 }];
  assert.is(
    await listOf(8, 1000, { root: { path: '/proc' }, users: { uidMappings: owner } }),
    [
      'pipe2([3, 4], O_CLOEXEC)',
      'openat(AT_FDCWD, "/proc", O_RDONLY|O_DIRECTORY|O_CLOEXEC|O_PATH)',
      `${ALL_SIX} in 5`,
      WAIT_AT_3,
      ROOT_OF_ONE,
      HOSTNAME,
      PRIVATE,
      up('  ', 6, 'lo'),
      enterImage(7),
      PROGRAM,
      file(13, '/proc/1000/setgroups', 'deny'),
      file(14, '/proc/1000/uid_map', '0 0 1\n'),
      file(15, '/proc/1000/gid_map', MINE),
      RELEASE,
      waitFor(1000),
    ].join('\n'),
  );
});

test('step 9 by root: the image becomes the top of the mount table', async () => {
  const text = await listOf(9, 0, { root: { path: '/proc' } });
  assert.is(
    text.slice(text.indexOf('  move_mount('), text.indexOf('openat(AT_FDCWD, "/proc/1001/uid_map"')),
    lines(`
      |  move_mount(10, "", AT_FDCWD, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)
      |  fchdir(10)
      |${kernelFiles(14)}
      |${PIVOT}
      |${PROGRAM}`).concat('\n'),
  );
  // Up to there, and from there on, it is step 8.
  const before = await listOf(8, 0, { root: { path: '/proc' } });
  assert.is(text.replace(PIVOT, '  chroot(".")\n  chdir("/")'), before);
});

test('step 9 by a user: a copy of what is mounted at the image, and the volumes copied by the child', async () => {
  const text = await listOf(9, 1000, {
    root: { path: '/proc', readonly: true },
    users: { uidMappings: [{ inside: 0, outside: 0, count: 1 }] },
    mounts: [
      { type: 'bind', source: '/srv/..', destination: '/mnt', readonly: true },
      { type: 'tmpfs', destination: '/tmp' },
    ],
  });
  const readOnly = '{attr_set=MOUNT_ATTR_RDONLY, userns_fd=0}';
  assert.match(
    text,
    lines(`
      |${up('  ', 6, 'lo')}
      |  open_tree(AT_FDCWD, "/srv/..", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE)
      |  mount_setattr(7, "", AT_EMPTY_PATH|AT_RECURSIVE, {attr_set=MOUNT_ATTR_RDONLY, propagation=MS_PRIVATE, userns_fd=0}, 32)
      |  open_tree(AT_FDCWD, ".", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE)
      |  move_mount(8, "", AT_FDCWD, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)
      |  fchdir(8)
      |  mkdirat(AT_FDCWD, "proc", 0755)
      |  mkdirat(AT_FDCWD, "dev", 0755)
      |  mount_setattr(AT_FDCWD, ".", AT_RECURSIVE, ${readOnly}, 32)
      |${kernelFiles(9)}
      |${PIVOT}
      |  openat2(AT_FDCWD, "/mnt", {flags=O_RDONLY|O_CLOEXEC|O_PATH, resolve=RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24)
      |  move_mount(7, "", 15, "", MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)
      |  openat2(AT_FDCWD, "/tmp", {flags=O_RDONLY|O_DIRECTORY|O_CLOEXEC|O_PATH, resolve=RESOLVE_NO_MAGICLINKS|RESOLVE_IN_ROOT}, 24)
      |  fchdir(16)
      |  mount("tmpfs", ".", "tmpfs", MS_NOSUID|MS_NODEV|MS_NOEXEC, "mode=1777")
      |  chdir("/")
      |${PROGRAM}`),
  );
});

test('step 9 by root: the volumes are copied by the parent', async () => {
  const text = await listOf(9, 0, {
    root: { path: '/proc' },
    mounts: [{ type: 'bind', source: '/srv/..', destination: '/mnt', readonly: false }],
  });
  assert.match(
    text,
    /\nopen_tree\(AT_FDCWD, "\/srv\/\.\.", [A-Z_|]+\)\nmount_setattr\(12, "", AT_EMPTY_PATH\|AT_RECURSIVE, \{attr_set=0, propagation=MS_PRIVATE, userns_fd=0\}, 32\)\nclone/,
  );
});

const STAGE = `${join(tmpdir(), 'container-lab-00000000-1-2-3-4')}`;

test('step 10 by root: places for the layers, each shown as root’s, and an overlay that becomes the top', async () => {
  const text = await listOf(10, 0, { root: { path: '/proc' } });
  assert.is(
    text.slice(text.indexOf('openat(AT_FDCWD, "/proc", O_RDONLY|O_DIRECTORY|O_CLOEXEC)\nflock'), text.indexOf(ALL_SIX)),
    lines(`
      |openat(AT_FDCWD, "/proc", O_RDONLY|O_DIRECTORY|O_CLOEXEC)
      |flock(12, LOCK_SH|LOCK_NB)
      |mkdirat(AT_FDCWD, "${STAGE}", 0700)
      |mkdirat(AT_FDCWD, "${STAGE}/stage", 0700)
      |mkdirat(AT_FDCWD, "${STAGE}/stage/0", 0755)
      |mkdirat(AT_FDCWD, "${STAGE}/stage/layer", 0755)
      |mkdirat(AT_FDCWD, "${STAGE}/stage/merged", 0755)
      |fchownat(AT_FDCWD, "${STAGE}/stage", 1000000000, 1000000000, AT_SYMLINK_NOFOLLOW)
      |mkdirat(AT_FDCWD, "${STAGE}/layer", 0700)
      |mkdirat(AT_FDCWD, "${STAGE}/layer/upper", 0755)
      |fchmodat(AT_FDCWD, "${STAGE}/layer/upper", 0555)
      |mkdirat(AT_FDCWD, "${STAGE}/layer/work", 0700)
      |openat(AT_FDCWD, "${STAGE}/layer", O_RDONLY|O_DIRECTORY|O_CLOEXEC)
      |open_tree(13, "", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH)
      |mount_setattr(14, "", AT_EMPTY_PATH, {attr_set=MOUNT_ATTR_IDMAP, propagation=MS_PRIVATE, userns_fd=8}, 32)
      |openat(AT_FDCWD, "${STAGE}/stage", O_RDONLY|O_DIRECTORY|O_CLOEXEC|O_PATH)`).concat('\n'),
  );
  assert.is(
    text.slice(text.indexOf('  move_mount('), text.indexOf('openat(AT_FDCWD, "/proc/1001/uid_map"')),
    lines(`
      |  move_mount(10, "", AT_FDCWD, "0", MOVE_MOUNT_F_EMPTY_PATH)
      |  move_mount(14, "", AT_FDCWD, "layer", MOVE_MOUNT_F_EMPTY_PATH)
      |  mount("overlay", "merged", "overlay", 0, "lowerdir=0,upperdir=layer/upper,workdir=layer/work,userxattr")
      |  chdir("merged")
      |${kernelFiles(18)}
      |${PIVOT}
      |${PROGRAM}`).concat('\n'),
  );
});

test('step 10 by a user: the child copies the mounts of the layers, the topmost first', async () => {
  const text = await listOf(10, 1000, { root: { path: '/proc' }, layers: { below: ['/low', '/high'] } });
  const places = [
    ...text.matchAll(/open_tree\(AT_FDCWD, "(.*)", .*\n.*\n {2}move_mount\(\d+, "", AT_FDCWD, "(.*)", /g),
  ];
  assert.equal(
    places.map(([, path, place]) => `${path} at ${place}`),
    ['/high/upper at 0', '/low/upper at 1', '/proc at 2', `${STAGE}/layer at layer`],
  );
  assert.match(text, 'mount("overlay", "merged", "overlay", 0, "lowerdir=0:1:2,upperdir=');
  assert.not.match(text, 'fchownat');
});

/** What step 12's child gives up, from the pivot on: names of calls, and how often. What was mounted is left out. */
async function givenUp(rights: Partial<Rights>, uid = 0): Promise<string[]> {
  const settings = { root: { path: '/proc' }, rights: { ...DEFAULT_RIGHTS, ...rights } };
  const text = await listOf(12, uid, uid === 0 ? settings : { ...settings, users: OWN });
  const calls = text
    .slice(text.indexOf('  umount2('), text.indexOf('\nopenat', text.indexOf('  execve(')))
    .split('\n')
    .slice(1)
    .filter((line) => /^ {2}\w/.test(line) && !line.startsWith('  mount('))
    .map((line) => /^ {2}(?:prctl\((\w+)|(\w+))/.exec(line)?.slice(1).find(Boolean) ?? line);
  return calls.flatMap((name, at) => (name === calls[at - 1] ? [] : [name]));
}

const OWN = { uidMappings: [{ inside: 0, outside: 1000, count: 1 }] };

test('step 12: rights go in an order in which each call still has the right that it takes', async () => {
  const rest = ['PR_CAPBSET_DROP', 'capset', 'PR_SET_NO_NEW_PRIVS', 'seccomp', 'execve'];
  assert.equal(await givenUp({}), ['keyctl', ...rest]);
  assert.equal(await givenUp({}, 1000), ['keyctl', ...rest]);
  // Without no_new_privs a filter takes CAP_SYS_ADMIN, which goes with the capabilities.
  assert.equal(await givenUp({ noNewPrivileges: false }), ['keyctl', 'seccomp', 'PR_CAPBSET_DROP', 'capset', 'execve']);
  assert.equal(await givenUp({ seccomp: 'unconfined' }), ['keyctl', ...rest.filter((name) => name !== 'seccomp')]);
  assert.equal(await givenUp({ add: ['ALL'] }), ['keyctl', ...rest.slice(1)]);
  assert.equal(await givenUp({ user: { uid: 5, gid: 6 }, add: ['CAP_KILL'] }), [
    'keyctl',
    'PR_CAPBSET_DROP',
    'PR_SET_KEEPCAPS',
    'setgroups',
    'setresgid',
    'setresuid',
    'capset',
    'PR_CAP_AMBIENT',
    'PR_SET_NO_NEW_PRIVS',
    'seccomp',
    'execve',
  ]);
});

test('step 12: what is hidden and the host’s devices, before and after the old root is gone', async () => {
  const devices = [{ source: '/dev/null', destination: '/dev/net/mine', access: 'r' }];
  const text = await listOf(12, 0, { root: { path: '/proc' }, devices });
  const [before = '', after = ''] = text.split('  umount2(".", MNT_DETACH)');
  assert.match(before, '  mount("sysfs", "sys", "sysfs", MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC, NULL)\n');
  assert.match(
    before,
    '  mkdirat(AT_FDCWD, "dev/net", 0755)\n  openat(AT_FDCWD, "dev/net/mine", O_WRONLY|O_CREAT|O_CLOEXEC, 0666)\n',
  );
  assert.match(before, '  mount("/dev/null", "dev/net/mine", NULL, MS_BIND, NULL)\n');
  assert.match(after, '  mount("/proc/sys", "/proc/sys", NULL, MS_BIND|MS_REC, NULL)\n');
  assert.match(
    after,
    '  mount(NULL, "/proc/sys", NULL, MS_RDONLY|MS_NOSUID|MS_NODEV|MS_NOEXEC|MS_REMOUNT|MS_BIND, NULL)\n',
  );
  const open = await listOf(12, 0, { root: { path: '/proc' }, rights: { ...DEFAULT_RIGHTS, hidesPaths: false } });
  assert.not.match(open.split('  umount2(".", MNT_DETACH)')[1] ?? '', '  mount(');
});

test('what a step says that it has is what its child is cloned with', async () => {
  for (const step of steps) {
    const text = await listOf(step.number, 0, { root: { path: '/proc' } });
    const namespaces = NAMESPACES.filter(({ kind }) => step.has.has(kind)).map(({ flag }) => flagText(flag, CLONE));
    const container =
      text
        .split('\n')
        // Helpers that become a program have nothing of their own.
        .findLast((line) => line.startsWith('clone(') && (line !== 'clone(0)' || namespaces.length === 0)) ?? '';
    // What it makes itself, in its list.
    const later = [...text.matchAll(/^ {2}unshare\((\w+)\)/gm)].map(([, flag = '']) => flag);
    const cloned = /\((.*)\)/.exec(container)?.[1]?.split('|') ?? [];
    assert.equal([...cloned, ...later].filter((word) => word !== '0').sort(), namespaces.sort(), step.title);
    assert.is(/chroot|pivot_root/.test(text), step.has.has('image'), step.title);
    assert.is(/pivot_root/.test(text), step.has.has('mounts'), step.title);
  }
});

test('nothing is printed that has no text', async () => {
  for (const step of steps) {
    const text = await listOf(step.number, 0, { root: { path: '/proc' } });
    assert.not.match(text, /undefined|NaN|\[object/, step.title);
  }
});

test.run();
