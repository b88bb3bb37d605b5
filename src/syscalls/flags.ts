/**
 * The kernel's flag values, one object per set.
 *
 * test/unit/flags compares every one with the C headers of the machine. The few
 * open(2) flags that differ between x86-64 and arm64 come from Node, which took
 * them from those headers.
 */
import { constants } from 'node:fs';

/** clone(2), unshare(2), setns(2). */
export const CLONE = {
  CLONE_PARENT: 0x00008000,
  CLONE_NEWUTS: 0x04000000,
  CLONE_NEWIPC: 0x08000000,
  CLONE_NEWPID: 0x20000000,
  CLONE_NEWNS: 0x00020000,
  CLONE_NEWUSER: 0x10000000,
  CLONE_NEWNET: 0x40000000,
  CLONE_NEWCGROUP: 0x02000000,
  CLONE_NEWTIME: 0x00000080,
} as const;

export const {
  CLONE_PARENT,
  CLONE_NEWNS,
  CLONE_NEWCGROUP,
  CLONE_NEWUTS,
  CLONE_NEWIPC,
  CLONE_NEWUSER,
  CLONE_NEWPID,
  CLONE_NEWNET,
  CLONE_NEWTIME,
} = CLONE;

/** mount(2). */
export const MS = {
  MS_RDONLY: 1,
  MS_NOSUID: 2,
  MS_NODEV: 4,
  MS_NOEXEC: 8,
  MS_REMOUNT: 32,
  MS_BIND: 4096,
  MS_MOVE: 8192,
  MS_REC: 16384,
  MS_UNBINDABLE: 1 << 17,
  MS_PRIVATE: 1 << 18,
  MS_SLAVE: 1 << 19,
  MS_SHARED: 1 << 20,
} as const;

export const {
  MS_RDONLY,
  MS_NOSUID,
  MS_NODEV,
  MS_NOEXEC,
  MS_REMOUNT,
  MS_BIND,
  MS_REC,
  MS_PRIVATE,
  MS_SLAVE,
  MS_SHARED,
} = MS;

/** open(2). */
export const O = {
  O_RDONLY: constants.O_RDONLY,
  O_WRONLY: constants.O_WRONLY,
  O_RDWR: constants.O_RDWR,
  O_CREAT: constants.O_CREAT,
  O_EXCL: constants.O_EXCL,
  O_TRUNC: constants.O_TRUNC,
  O_APPEND: constants.O_APPEND,
  O_NONBLOCK: constants.O_NONBLOCK,
  O_DIRECTORY: constants.O_DIRECTORY ?? 0,
  O_NOFOLLOW: constants.O_NOFOLLOW ?? 0,
  O_CLOEXEC: 0o2000000,
  O_PATH: 0o10000000,
} as const;

export const {
  O_RDONLY,
  O_WRONLY,
  O_RDWR,
  O_CREAT,
  O_EXCL,
  O_TRUNC,
  O_NONBLOCK,
  O_DIRECTORY,
  O_NOFOLLOW,
  O_CLOEXEC,
  O_PATH,
} = O;

/** openat2(2): how a path is followed. */
export const RESOLVE = { RESOLVE_NO_MAGICLINKS: 2, RESOLVE_IN_ROOT: 0x10 } as const;

/** openat(2) and its kin: a directory descriptor that means the current one. */
export const AT_FDCWD = -100;

/** openat(2), open_tree(2), mount_setattr(2). */
export const AT = {
  AT_SYMLINK_NOFOLLOW: 0x100,
  AT_REMOVEDIR: 0x200,
  AT_EMPTY_PATH: 0x1000,
  AT_RECURSIVE: 0x8000,
} as const;

/** open_tree(2). */
export const OPEN_TREE = {
  OPEN_TREE_CLONE: 1,
  OPEN_TREE_CLOEXEC: 0o2000000,
  AT_EMPTY_PATH: AT.AT_EMPTY_PATH,
  AT_RECURSIVE: AT.AT_RECURSIVE,
} as const;

/** move_mount(2). */
export const MOVE_MOUNT = { MOVE_MOUNT_F_EMPTY_PATH: 4, MOVE_MOUNT_T_EMPTY_PATH: 0x40 } as const;

/** mount_setattr(2). */
export const MOUNT_ATTR = {
  MOUNT_ATTR_RDONLY: 1,
  MOUNT_ATTR_NOSUID: 2,
  MOUNT_ATTR_NODEV: 4,
  MOUNT_ATTR_IDMAP: 0x100000,
} as const;

/** fsopen(2), fsconfig(2), fsmount(2). */
export const FSOPEN = { FSOPEN_CLOEXEC: 1 } as const;
export const FSCONFIG = { FSCONFIG_SET_FLAG: 0, FSCONFIG_SET_STRING: 1, FSCONFIG_CMD_CREATE: 6 } as const;
export const FSMOUNT = { FSMOUNT_CLOEXEC: 1 } as const;

/** umount(2). */
export const MNT = { MNT_FORCE: 1, MNT_DETACH: 2 } as const;

/** socket(2). */
export const AF = { AF_UNSPEC: 0, AF_UNIX: 1, AF_INET: 2, AF_NETLINK: 16 } as const;
export const SOCK = { SOCK_STREAM: 1, SOCK_DGRAM: 2, SOCK_RAW: 3, SOCK_CLOEXEC: 0o2000000 } as const;
export const MSG = { MSG_DONTWAIT: 0x40 } as const;

/** ip(7): a protocol within it. */
export const IPPROTO = { IPPROTO_ICMP: 1 } as const;

/** netdevice(7): requests of ioctl(2) on a socket. */
export const SIOC = {
  SIOCSIFFLAGS: 0x8914,
  SIOCSIFADDR: 0x8916,
  SIOCSIFNETMASK: 0x891c,
  SIOCGIFINDEX: 0x8933,
} as const;

/** netdevice(7): flags of an interface. */
export const IFF = { IFF_UP: 1, IFF_BROADCAST: 2, IFF_LOOPBACK: 8, IFF_RUNNING: 0x40 } as const;

/** socket(7): options of a socket, of setsockopt(2). */
export const SO = { SO_REUSEADDR: 2 } as const;

/** ioctl_ns(2). */
export const NS = { NS_GET_USERNS: 0xb701 } as const;

/** shmget(2). */
export const IPC = { IPC_CREAT: 0o1000, IPC_EXCL: 0o2000 } as const;

/** prctl(2). */
export const PR = {
  PR_SET_PDEATHSIG: 1,
  PR_SET_DUMPABLE: 4,
  PR_SET_KEEPCAPS: 8,
  PR_CAPBSET_DROP: 24,
  PR_SET_SECUREBITS: 28,
  PR_SET_CHILD_SUBREAPER: 36,
  PR_SET_NO_NEW_PRIVS: 38,
  PR_CAP_AMBIENT: 47,
} as const;

/** prctl(2), PR_CAP_AMBIENT. */
export const PR_CAP_AMBIENT = { PR_CAP_AMBIENT_RAISE: 2, PR_CAP_AMBIENT_CLEAR_ALL: 4 } as const;

/** capabilities(7), by their bit. */
export const CAP = {
  CAP_CHOWN: 0,
  CAP_DAC_OVERRIDE: 1,
  CAP_DAC_READ_SEARCH: 2,
  CAP_FOWNER: 3,
  CAP_FSETID: 4,
  CAP_KILL: 5,
  CAP_SETGID: 6,
  CAP_SETUID: 7,
  CAP_SETPCAP: 8,
  CAP_LINUX_IMMUTABLE: 9,
  CAP_NET_BIND_SERVICE: 10,
  CAP_NET_BROADCAST: 11,
  CAP_NET_ADMIN: 12,
  CAP_NET_RAW: 13,
  CAP_IPC_LOCK: 14,
  CAP_IPC_OWNER: 15,
  CAP_SYS_MODULE: 16,
  CAP_SYS_RAWIO: 17,
  CAP_SYS_CHROOT: 18,
  CAP_SYS_PTRACE: 19,
  CAP_SYS_PACCT: 20,
  CAP_SYS_ADMIN: 21,
  CAP_SYS_BOOT: 22,
  CAP_SYS_NICE: 23,
  CAP_SYS_RESOURCE: 24,
  CAP_SYS_TIME: 25,
  CAP_SYS_TTY_CONFIG: 26,
  CAP_MKNOD: 27,
  CAP_LEASE: 28,
  CAP_AUDIT_WRITE: 29,
  CAP_AUDIT_CONTROL: 30,
  CAP_SETFCAP: 31,
  CAP_MAC_OVERRIDE: 32,
  CAP_MAC_ADMIN: 33,
  CAP_SYSLOG: 34,
  CAP_WAKE_ALARM: 35,
  CAP_BLOCK_SUSPEND: 36,
  CAP_AUDIT_READ: 37,
  CAP_PERFMON: 38,
  CAP_BPF: 39,
  CAP_CHECKPOINT_RESTORE: 40,
} as const;

export type Capability = keyof typeof CAP;

/** capabilities(7), PR_SET_SECUREBITS. */
export const SECBIT = { SECBIT_NO_SETUID_FIXUP: 4 } as const;

/** bpf(2): commands, and what a program is for. */
export const BPF = { BPF_PROG_LOAD: 5, BPF_PROG_ATTACH: 8 } as const;
export const BPF_PROG_TYPE = { BPF_PROG_TYPE_CGROUP_DEVICE: 15 } as const;
export const BPF_ATTACH_TYPE = { BPF_CGROUP_DEVICE: 6 } as const;
export const BPF_F = { BPF_F_ALLOW_MULTI: 2 } as const;
/** What a program of a cgroup is told of a device. */
export const BPF_DEVCG = {
  BPF_DEVCG_ACC_MKNOD: 1,
  BPF_DEVCG_ACC_READ: 2,
  BPF_DEVCG_ACC_WRITE: 4,
  BPF_DEVCG_DEV_BLOCK: 1,
  BPF_DEVCG_DEV_CHAR: 2,
} as const;

/** keyctl(2). */
export const KEYCTL = { KEYCTL_JOIN_SESSION_KEYRING: 1 } as const;

/** getrlimit(2). */
export const RLIMIT = {
  RLIMIT_DATA: 2,
  RLIMIT_NPROC: 6,
  RLIMIT_NOFILE: 7,
  RLIMIT_SIGPENDING: 11,
  RLIMIT_MSGQUEUE: 12,
} as const;

/** seccomp(2): the operation, and flags of SECCOMP_SET_MODE_FILTER. */
export const SECCOMP = { SECCOMP_SET_MODE_STRICT: 0, SECCOMP_SET_MODE_FILTER: 1 } as const;
export const SECCOMP_FILTER_FLAG = {
  SECCOMP_FILTER_FLAG_LOG: 2,
  SECCOMP_FILTER_FLAG_SPEC_ALLOW: 4,
  SECCOMP_FILTER_FLAG_NEW_LISTENER: 8,
  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV: 32,
} as const;

/** What a seccomp filter can answer; below, in 16 bits, an error or what a tracer is told. */
export const SECCOMP_RET = {
  SECCOMP_RET_KILL_PROCESS: 0x80000000,
  SECCOMP_RET_KILL_THREAD: 0,
  SECCOMP_RET_TRAP: 0x00030000,
  SECCOMP_RET_ERRNO: 0x00050000,
  SECCOMP_RET_USER_NOTIF: 0x7fc00000,
  SECCOMP_RET_TRACE: 0x7ff00000,
  SECCOMP_RET_LOG: 0x7ffc0000,
  SECCOMP_RET_ALLOW: 0x7fff0000,
} as const;

/** flock(2). */
export const LOCK = { LOCK_SH: 1, LOCK_EX: 2, LOCK_NB: 4 } as const;

/** fcntl(2): the command, the descriptor's flag, and seals on a file in memory. */
export const F = { F_SETFD: 2, F_DUPFD_CLOEXEC: 1030, F_ADD_SEALS: 1033 } as const;
export const FD = { FD_CLOEXEC: 1 } as const;
export const F_SEAL = { F_SEAL_SEAL: 1, F_SEAL_SHRINK: 2, F_SEAL_GROW: 4, F_SEAL_WRITE: 8 } as const;

/** memfd_create(2). */
export const MFD = { MFD_CLOEXEC: 1, MFD_ALLOW_SEALING: 2, MFD_EXEC: 0x10 } as const;

/** close_range(2). */
export const CLOSE_RANGE = { CLOSE_RANGE_UNSHARE: 2, CLOSE_RANGE_CLOEXEC: 4 } as const;

/** poll(2). */
export const POLL = { POLLIN: 1, POLLPRI: 2, POLLOUT: 4, POLLERR: 8, POLLHUP: 0x10 } as const;

/** wait(2). */
export const W = { WNOHANG: 1, WUNTRACED: 2, WCONTINUED: 8 } as const;

/** mknod(2): what kind of node. */
export const S = { S_IFREG: 0o100000, S_IFCHR: 0o020000, S_IFIFO: 0o010000 } as const;
