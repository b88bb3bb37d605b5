/** Every number that the kit gives the kernel, compared with the C headers of this machine. */
import { test } from 'uvu';
import * as assert from 'uvu/assert';
import type { Call, Struct } from '../../src/syscalls/call.ts';
import { awaitInput, sendDescriptor } from '../../src/syscalls/descriptors.ts';
import * as flags from '../../src/syscalls/flags.ts';
import { installFilter, setCapabilities } from '../../src/syscalls/identity.ts';
import { mapMountIds } from '../../src/syscalls/mounts.ts';
import * as netlink from '../../src/syscalls/netlink.ts';
import { interfaceAddress, interfaceIndex, interfaceUp } from '../../src/syscalls/network.ts';
import { compareWithHeaders, compilerMissing } from '../support/headers.ts';
import { testWith } from '../support/needs.ts';

/** The header that each set is in; <linux/mount.h> and <sys/mount.h> dislike each other in old libcs. */
const SETS: Readonly<Record<string, readonly string[]>> = {
  CLONE: ['linux/sched.h'],
  MS: ['linux/fs.h', 'linux/mount.h'],
  O: ['fcntl.h'],
  AT: ['linux/fcntl.h'],
  RESOLVE: ['linux/openat2.h'],
  OPEN_TREE: ['linux/fcntl.h', 'linux/mount.h'],
  MOVE_MOUNT: ['linux/mount.h'],
  MOUNT_ATTR: ['linux/mount.h'],
  FSOPEN: ['linux/mount.h'],
  FSMOUNT: ['linux/mount.h'],
  LOCK: ['sys/file.h'],
  AF: ['sys/socket.h'],
  SIOC: ['linux/sockios.h'],
  SO: ['sys/socket.h'],
  NS: ['linux/nsfs.h'],
  IPC: ['sys/ipc.h'],
  PR: ['linux/prctl.h'],
  PR_CAP_AMBIENT: ['linux/prctl.h'],
  BPF_F: ['linux/bpf.h'],
  CAP: ['linux/capability.h'],
  SECCOMP: ['linux/seccomp.h'],
  SECCOMP_FILTER_FLAG: ['linux/seccomp.h'],
  SECCOMP_RET: ['linux/seccomp.h'],
  F: ['fcntl.h'],
  FD: ['fcntl.h'],
  F_SEAL: ['fcntl.h'],
  MFD: ['linux/memfd.h'],
  CLOSE_RANGE: ['linux/close_range.h'],
  POLL: ['poll.h'],
  SECBIT: ['linux/securebits.h'],
  KEYCTL: ['linux/keyctl.h'],
  RLIMIT: ['asm/resource.h'],
  W: ['sys/wait.h'],
  S: ['sys/stat.h'],
};

/** In these, the names are those of an enum, or of macros that repeat one. */
const ENUMS: Readonly<Record<string, readonly string[]>> = {
  MNT: ['sys/mount.h'],
  BPF: ['linux/bpf.h'],
  BPF_PROG_TYPE: ['linux/bpf.h'],
  BPF_ATTACH_TYPE: ['linux/bpf.h'],
  BPF_DEVCG: ['linux/bpf.h'],
  FSCONFIG: ['linux/mount.h'],
  SOCK: ['sys/socket.h'],
  MSG: ['sys/socket.h'],
  IPPROTO: ['netinet/in.h'],
  IFF: ['net/if.h'],
};

const sets: Readonly<Record<string, unknown>> = flags;
/** Kernel headers older than the flag: Debian 11's know no MOUNT_ATTR_IDMAP, say. */
const YOUNG =
  /^(MOUNT_ATTR_IDMAP|MOVE_MOUNT_|OPEN_TREE_|FSOPEN_|FSMOUNT_|CLONE_NEWTIME|MFD_EXEC|CLOSE_RANGE_|SECCOMP_FILTER_FLAG_WAIT|CAP_(PERFMON|BPF|CHECKPOINT_RESTORE)$)/;

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
  const { NLM_F, RTM, IFLA, IFLA_INFO, IFA, RTA_DST, RTA_GATEWAY, RTM_BODY, VETH_INFO_PEER, NLMSG_ERROR, NLMSG_DONE } =
    netlink.CONSTANTS;
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
      ...named('IFA', IFA),
      RTA_DST,
      RTA_GATEWAY,
      RT_TABLE_MAIN: RTM_BODY.TABLE_MAIN,
      RTPROT_STATIC: RTM_BODY.PROTOCOL_STATIC,
      RTN_UNICAST: RTM_BODY.TYPE_UNICAST,
      VETH_INFO_PEER,
      NLMSG_ERROR,
      NLMSG_DONE,
      'sizeof(struct ifaddrmsg)': 8,
      '__builtin_offsetof(struct ifaddrmsg, ifa_prefixlen)': 1,
      '__builtin_offsetof(struct ifaddrmsg, ifa_index)': 4,
      'sizeof(struct rtmsg)': 12,
      '__builtin_offsetof(struct rtmsg, rtm_dst_len)': 1,
      '__builtin_offsetof(struct rtmsg, rtm_table)': 4,
      '__builtin_offsetof(struct rtmsg, rtm_protocol)': 5,
      '__builtin_offsetof(struct rtmsg, rtm_type)': 7,
      '__builtin_offsetof(struct ifinfomsg, ifi_flags)': 8,
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

/** Where in the structure among a call's arguments a descriptor stands. */
function placeOf(call: Call, position: number, fd: number): number {
  const struct = call.args[position] as Struct;
  return struct.descriptors?.find((place) => place.fd === fd)?.at ?? -1;
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
  const call = mapMountIds(3, 0x1234);
  const attributes = bytesOf(call, 3);
  const { different, missing } = compareWithHeaders(
    ['linux/mount.h'],
    { MOUNT_ATTR_SIZE_VER0: attributes.length },
    // The structure came with MOUNT_ATTR_IDMAP, in the headers of Linux 5.12.
    compareWithHeaders(['linux/mount.h'], { MOUNT_ATTR_IDMAP: flags.MOUNT_ATTR.MOUNT_ATTR_IDMAP }).missing.length > 0
      ? {}
      : {
          'sizeof(struct mount_attr)': attributes.length,
          '__builtin_offsetof(struct mount_attr, attr_set)': 0,
          '__builtin_offsetof(struct mount_attr, userns_fd)': placeOf(call, 3, 0x1234),
        },
  );
  for (const name of missing) console.log(`not in these headers: ${name}`);
  assert.equal(different, []);
});

testWith(test, [compilerMissing], 'struct pollfd, msghdr, iovec, cmsghdr: sizes and places', () => {
  const poll = awaitInput(5);
  const message = sendDescriptor(3, 7, 'four').args[1] as Struct;
  const [io, control] = (message.pointers ?? []).map(({ at, to }) => ({ at, struct: to as Struct }));
  const at = (name: string) => `__builtin_offsetof(struct msghdr, ${name})`;
  const { different } = compareWithHeaders(
    ['sys/socket.h', 'sys/uio.h', 'poll.h'],
    {},
    {
      'sizeof(struct pollfd)': bytesOf(poll, 0).length,
      '__builtin_offsetof(struct pollfd, fd)': placeOf(poll, 0, 5),
      '__builtin_offsetof(struct pollfd, events)': bytesOf(poll, 0).indexOf(flags.POLL.POLLIN),
      'sizeof(struct msghdr)': message.bytes.length,
      [at('msg_iov')]: io?.at ?? -1,
      [at('msg_iovlen')]: message.bytes.indexOf(1),
      [at('msg_control')]: control?.at ?? -1,
      [at('msg_controllen')]: message.bytes.indexOf(24),
      'sizeof(struct iovec)': io?.struct.bytes.length ?? -1,
      '__builtin_offsetof(struct iovec, iov_base)': io?.struct.pointers?.[0]?.at ?? -1,
      '__builtin_offsetof(struct iovec, iov_len)': io?.struct.bytes.indexOf(4) ?? -1,
      'CMSG_SPACE(sizeof(int))': control?.struct.bytes.length ?? -1,
      'CMSG_LEN(sizeof(int))': Buffer.from(control?.struct.bytes ?? []).readUInt32LE(0),
      'CMSG_LEN(0)': control?.struct.descriptors?.[0]?.at ?? -1,
      '__builtin_offsetof(struct cmsghdr, cmsg_level)': 8,
      '__builtin_offsetof(struct cmsghdr, cmsg_type)': 12,
      SOL_SOCKET: Buffer.from(control?.struct.bytes ?? []).readInt32LE(8),
      SCM_RIGHTS: Buffer.from(control?.struct.bytes ?? []).readInt32LE(12),
    },
  );
  assert.equal(different, []);
});

testWith(test, [compilerMissing], 'struct sock_fprog and sock_filter, and the capability structures', () => {
  const program = installFilter([{ code: 0x1234, jumpTrue: 0x56, jumpFalse: 0x78, value: 0x9abcdef0 }])
    .args[2] as Struct;
  const [pointer] = program.pointers ?? [];
  const filter = Buffer.from((pointer?.to as Struct | undefined)?.bytes ?? []);
  const capabilities = setCapabilities({
    effective: ['CAP_CHOWN', 'CAP_SYSLOG'],
    permitted: ['CAP_DAC_OVERRIDE'],
    inheritable: ['CAP_DAC_READ_SEARCH', 'CAP_CHECKPOINT_RESTORE'],
  });
  const [header, data] = [bytesOf(capabilities, 0), bytesOf(capabilities, 1)];
  const { different } = compareWithHeaders(
    ['linux/filter.h', 'linux/capability.h'],
    {},
    {
      'sizeof(struct sock_fprog)': program.bytes.length,
      '__builtin_offsetof(struct sock_fprog, filter)': pointer?.at ?? -1,
      'sizeof(struct sock_filter)': filter.length,
      '__builtin_offsetof(struct sock_filter, code)': filter.indexOf(0x34),
      '__builtin_offsetof(struct sock_filter, jt)': filter.indexOf(0x56),
      '__builtin_offsetof(struct sock_filter, jf)': filter.indexOf(0x78),
      '__builtin_offsetof(struct sock_filter, k)': filter.indexOf(0xf0),
      'sizeof(struct __user_cap_header_struct)': header.length,
      _LINUX_CAPABILITY_VERSION_3: header.readUInt32LE(0),
      'sizeof(struct __user_cap_data_struct) * _LINUX_CAPABILITY_U32S_3': data.length,
      '__builtin_offsetof(struct __user_cap_data_struct, permitted)': 4,
      '__builtin_offsetof(struct __user_cap_data_struct, inheritable)': 8,
    },
  );
  assert.equal(different, []);
  assert.equal(
    [0, 4, 8, 12, 16, 20].map((at) => data.readUInt32LE(at)),
    [1, 2, 4, 1 << 2, 0, 1 << 8],
    'bits 0 to 31 of effective, permitted, inheritable, then bits 32 to 63',
  );
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
  const message = Buffer.from(netlink.addVeth({ name: 'lab7' }, { name: 'eth0', pid: 4242 }).bytes);
  assert.is(message.readUInt32LE(0), message.length);
  assert.is(message.readUInt16LE(4), 16);
  assert.is(message.readUInt16LE(6), 0x605);
  const outer = attributes(message.subarray(32));
  assert.is(outer.get(3)?.toString(), 'lab7\0');
  const info = attributes(outer.get(18) ?? Buffer.alloc(0));
  assert.is(info.get(1)?.toString(), 'veth\0');
  const peer = attributes(info.get(2) ?? Buffer.alloc(0)).get(1) ?? Buffer.alloc(0);
  assert.is(attributes(peer.subarray(16)).get(3)?.toString(), 'eth0\0');
  assert.equal([outer.get(19), attributes(peer.subarray(16)).get(19)?.readUInt32LE(0)], [undefined, 4242]);
  const elsewhere = netlink.addVeth({ name: 'one', pid: 4243 }, { name: 'other', pid: 4244 });
  assert.is(attributes(Buffer.from(elsewhere.bytes).subarray(32)).get(19)?.readUInt32LE(0), 4243);
});

test('netlink: marking names the link, deleting its index', () => {
  const marked = Buffer.from(netlink.setAlias('lab8', 'mine').bytes);
  assert.equal([marked.readUInt16LE(4), marked.readUInt16LE(6), marked.readInt32LE(20)], [16, 5, 0]);
  assert.is(attributes(marked.subarray(32)).get(3)?.toString(), 'lab8\0');
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
