/** Every number that the kit gives the kernel, compared with the C headers of this machine. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import * as netlink from '../../src/network/netlink.ts';
import * as flags from '../../src/syscalls/flags.ts';
import { mapMountIds } from '../../src/syscalls/mounts.ts';
import { interfaceAddress, interfaceIndex, interfaceUp } from '../../src/syscalls/network.ts';
import { compareWithHeaders, compilerMissing } from '../support/headers.ts';
import { testWith } from '../support/needs.ts';

/** The header that each set is in; <linux/mount.h> and <sys/mount.h> dislike each other in old libcs. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  CLONE: ['linux/sched.h'],
  MS: ['linux/fs.h', 'linux/mount.h'],
  O: ['fcntl.h'],
  AT: ['linux/fcntl.h'],
  OPEN_TREE: ['linux/fcntl.h', 'linux/mount.h'],
  MOVE_MOUNT: ['linux/mount.h'],
  MOUNT_ATTR: ['linux/mount.h'],
  AF: ['sys/socket.h'],
  SIOC: ['linux/sockios.h'],
  PR: ['linux/prctl.h'],
  RLIMIT: ['asm/resource.h'],
  W: ['sys/wait.h'],
  S: ['sys/stat.h'],
};

/** In these, the names are those of an enum, or of macros that repeat one. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  MNT: ['sys/mount.h'],
  SOCK: ['sys/socket.h'],
  IFF: ['net/if.h'],
};

const sets: Readonly<Record<string, unknown>> = flags;
/** Kernel headers older than the flag: Debian 11's know no MOUNT_ATTR_IDMAP, say. */
const YOUNG = /^(MOUNT_ATTR_IDMAP|MOVE_MOUNT_|OPEN_TREE_|CLONE_NEWTIME)/;

for (const [set, headers] of Object.entries(SETS)) {
  testWith(test, [compilerMissing], `${set}: as in <${headers.join('>, <')}>`, () => {
    const { different, missing } = compareWithHeaders(headers, sets[set] as Record<string, number>);
    assert.equal(different, []);
    for (const name of missing) console.log(`not in these headers: ${name}`);
    assert.equal(
      missing.filter((name) => !YOUNG.test(name)),
      [],
    );
  });
}

for (const [set, headers] of Object.entries(ENUMS)) {
  testWith(test, [compilerMissing], `${set}: as in <${headers.join('>, <')}>`, () => {
    assert.equal(compareWithHeaders(headers, {}, sets[set] as Record<string, number>).different, []);
  });
}

test('no set is forgotten here', () => {
  const known = [...Object.keys(SETS), ...Object.keys(ENUMS)];
  const objects = Object.entries(sets).filter(([, value]) => typeof value === 'object');
  assert.equal(objects.map(([name]) => name).sort(), known.sort());
});

test('a constant of its own is the one of its set', () => {
  const all = Object.assign({}, ...Object.values(sets).filter((value) => typeof value === 'object'));
  for (const [name, value] of Object.entries(sets)) {
    if (typeof value === 'number' && name !== 'AT_FDCWD') assert.is(value, all[name], name);
  }
});

testWith(test, [compilerMissing], 'a number that differs, or is not there, is noticed', () => {
  const wrong = compareWithHeaders(['linux/sched.h'], { CLONE_NEWUTS: 1, CLONE_NEWIPC: 0x08000000, CLONE_NEWTOY: 1 });
  assert.equal(wrong, { different: ['CLONE_NEWUTS'], missing: ['CLONE_NEWTOY'] });
});

testWith(test, [compilerMissing], 'AT_FDCWD', () => {
  assert.equal(compareWithHeaders(['fcntl.h'], { AT_FDCWD: flags.AT_FDCWD }), { different: [], missing: [] });
});

testWith(test, [compilerMissing], 'netlink: messages, attributes, flags', () => {
  const { NLM_F, RTM, IFLA, IFLA_INFO, VETH_INFO_PEER, NLMSG_ERROR } = netlink.CONSTANTS;
  const named = (prefix: string, set: Readonly<Record<string, number>>) =>
    Object.fromEntries(Object.entries(set).map(([name, value]) => [`${prefix}_${name}`, value]));
  const { different } = compareWithHeaders(
    ['linux/netlink.h', 'linux/rtnetlink.h', 'linux/if_link.h', 'linux/veth.h'],
    {},
    {
      ...named('NLM_F', NLM_F),
      ...named('RTM', RTM),
      ...named('IFLA', IFLA),
      ...named('IFLA_INFO', IFLA_INFO),
      VETH_INFO_PEER,
      NLMSG_ERROR,
      'sizeof(struct nlmsghdr)': 16,
      NLMSG_HDRLEN: 16,
      '__builtin_offsetof(struct nlmsghdr, nlmsg_type)': 4,
      '__builtin_offsetof(struct nlmsghdr, nlmsg_flags)': 6,
      '__builtin_offsetof(struct nlmsgerr, error)': 0,
      'sizeof(struct ifinfomsg)': 16,
      '__builtin_offsetof(struct ifinfomsg, ifi_index)': 4,
      'sizeof(struct rtattr)': 4,
      '__builtin_offsetof(struct rtattr, rta_type)': 2,
      RTA_ALIGNTO: 4,
    },
  );
  assert.equal(different, []);
});

/** The bytes of the structure among a call's arguments. */
function bytesOf(call: ReturnType<typeof interfaceUp>, position: number): Buffer {
  const argument = call.args[position] as { bytes?: Uint8Array; initial?: Uint8Array };
  return Buffer.from(argument.bytes ?? argument.initial ?? []);
}

testWith(test, [compilerMissing], 'struct ifreq: size and places', () => {
  const request = bytesOf(interfaceUp(3, 'eth0'), 2);
  const address = bytesOf(interfaceAddress(3, 'eth0', '169.254.1.2'), 2);
  const expressions = {
    'sizeof(struct ifreq)': request.length,
    '__builtin_offsetof(struct ifreq, ifr_flags)': request.findIndex((byte, at) => at >= 4 && byte !== 0),
    '__builtin_offsetof(struct ifreq, ifr_ifindex)': 16,
    '__builtin_offsetof(struct ifreq, ifr_addr) + __builtin_offsetof(struct sockaddr_in, sin_addr)':
      address.indexOf(169),
    '__builtin_offsetof(struct sockaddr_in, sin_family)': 0,
    IFNAMSIZ: 16,
  };
  const headers = ['net/if.h', 'netinet/in.h'];
  assert.equal(compareWithHeaders(headers, {}, expressions).different, []);
  assert.is(request.readUInt16LE(16), flags.IFF.IFF_UP | flags.IFF.IFF_RUNNING);
  assert.is(address.readUInt16LE(16), flags.AF.AF_INET);
  assert.equal([...address.subarray(20, 24)], [169, 254, 1, 2]);
  assert.is(bytesOf(interfaceIndex(3, 'eth0'), 2).toString('latin1', 0, 5), 'eth0\0');
});

test('struct ifreq: a name that is too long is cut, never longer than its place', () => {
  const request = bytesOf(interfaceUp(3, 'an-interface-with-a-name-too-long'), 2);
  assert.is(request.toString('latin1', 0, 16), 'an-interface-wi\0');
});

testWith(test, [compilerMissing], 'struct mount_attr: size and places', () => {
  const attributes = bytesOf(mapMountIds(3, 0x1234), 3);
  const { different, missing } = compareWithHeaders(
    ['linux/mount.h'],
    { MOUNT_ATTR_SIZE_VER0: attributes.length },
    // The structure came with MOUNT_ATTR_IDMAP, in the headers of Linux 5.12.
    compareWithHeaders(['linux/mount.h'], { MOUNT_ATTR_IDMAP: flags.MOUNT_ATTR.MOUNT_ATTR_IDMAP }).missing.length > 0
      ? {}
      : {
          'sizeof(struct mount_attr)': attributes.length,
          '__builtin_offsetof(struct mount_attr, attr_set)': 0,
          '__builtin_offsetof(struct mount_attr, userns_fd)': attributes.indexOf(0x34),
        },
  );
  for (const name of missing) console.log(`not in these headers: ${name}`);
  assert.equal(different, []);
});

/** What a request says, read back as the kernel would: header, then attributes by type. */
function attributes(bytes: Buffer): Map<number, Buffer> {
  const found = new Map<number, Buffer>();
  for (let at = 0; at < bytes.length; ) {
    const length = bytes.readUInt16LE(at);
    assert.ok(length >= 4 && at + length <= bytes.length, 'attributes fill their room exactly');
    found.set(bytes.readUInt16LE(at + 2), bytes.subarray(at + 4, at + length));
    at += Math.ceil(length / 4) * 4;
  }
  return found;
}

test('netlink: a veth pair, as the kernel reads it', () => {
  const message = Buffer.from(netlink.addVeth('lab7', 'lab7c').bytes);
  assert.is(message.readUInt32LE(0), message.length);
  assert.is(message.readUInt16LE(4), 16);
  assert.is(message.readUInt16LE(6), 0x605);
  const outer = attributes(message.subarray(32));
  assert.is(outer.get(3)?.toString(), 'lab7\0');
  const info = attributes(outer.get(18) ?? Buffer.alloc(0));
  assert.is(info.get(1)?.toString(), 'veth\0');
  const peer = attributes(info.get(2) ?? Buffer.alloc(0)).get(1) ?? Buffer.alloc(0);
  assert.is(attributes(peer.subarray(16)).get(3)?.toString(), 'lab7c\0');
});

test('netlink: moving, marking and deleting name the link by its index', () => {
  const moved = Buffer.from(netlink.moveLink(7, 4242, 'eth0').bytes);
  assert.equal([moved.readUInt16LE(4), moved.readInt32LE(20)], [16, 7]);
  assert.is(attributes(moved.subarray(32)).get(19)?.readUInt32LE(0), 4242);
  assert.is(attributes(moved.subarray(32)).get(3)?.toString(), 'eth0\0');
  const marked = Buffer.from(netlink.setAlias(8, 'mine').bytes);
  assert.is(attributes(marked.subarray(32)).get(20)?.toString(), 'mine\0');
  const deleted = Buffer.from(netlink.deleteLink(9).bytes);
  assert.equal([deleted.readUInt16LE(4), deleted.readInt32LE(20), deleted.length], [17, 9, 32]);
});

test("netlink: the kernel's verdict", () => {
  const answer = Buffer.alloc(36);
  answer.writeUInt16LE(2, 4);
  answer.writeInt32LE(-17, 16);
  assert.is(netlink.verdictOf(answer), -17);
  answer.writeInt32LE(0, 16);
  assert.is(netlink.verdictOf(answer), 0);
});

test.run();
