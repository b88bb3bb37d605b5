/**
 * The profile of a container for which no other is named. It lets through what
 * programs need, and refuses what is about the machine as a whole, what is so new or
 * so old that hardly anybody needs it, and what a capability stands before that the
 * container does not have: the kernel would refuse that as well, but a fault in it
 * then has nothing behind it.
 *
 * The intent, not the text, is that of docker's profile, see "Seccomp security
 * profiles for Docker". The calls of all three architectures are in it; each takes
 * those that it has.
 */
import type { Capability } from '../syscalls/flags.ts';
import type { ArgumentTest, Profile, Rule } from './profile.ts';

/** Allowed to everybody, by what they are about. */
export const ALLOWED = {
  'to begin, and to end': `
    arch_prctl brk execve execveat exit exit_group fork vfork get_thread_area set_thread_area modify_ldt prctl
    restart_syscall rseq set_robust_list get_robust_list set_tid_address wait4 waitid waitpid`,
  'who one is, and which limits one has': `
    capget capset getegid getegid32 geteuid geteuid32 getgid getgid32 getgroups getgroups32 getpgid getpgrp getpid
    getppid getpriority getresgid getresgid32 getresuid getresuid32 getrlimit getrusage getsid gettid getuid getuid32
    ioprio_get ioprio_set landlock_add_rule landlock_create_ruleset landlock_restrict_self prlimit64 seccomp setfsgid
    setfsgid32 setfsuid setfsuid32 setgid setgid32 setgroups setgroups32 setpgid setpriority setregid setregid32
    setresgid setresgid32 setresuid setresuid32 setreuid setreuid32 setrlimit setsid setuid setuid32 sysinfo times
    ugetrlimit umask uname`,
  memory: `
    cachestat madvise map_shadow_stack membarrier memfd_create memfd_secret mincore mlock mlock2 mlockall mmap mmap2
    mprotect mremap mseal msync munlock munlockall munmap pkey_alloc pkey_free pkey_mprotect process_mrelease
    remap_file_pages`,
  processors: `
    getcpu sched_get_priority_max sched_get_priority_min sched_getaffinity sched_getattr sched_getparam
    sched_getscheduler sched_rr_get_interval sched_rr_get_interval_time64 sched_setaffinity sched_setattr
    sched_setparam sched_setscheduler sched_yield`,
  'files by their names': `
    access chdir chmod chown chown32 creat faccessat faccessat2 fanotify_mark fchdir fchmodat fchmodat2 fchownat
    file_getattr file_setattr fstatat64 futimesat getcwd getxattr getxattrat inotify_add_watch inotify_init
    inotify_init1 inotify_rm_watch lchown lchown32 lgetxattr link linkat listmount listxattr listxattrat llistxattr
    lremovexattr lsetxattr lstat lstat64 mkdir mkdirat mknod mknodat name_to_handle_at newfstatat open openat openat2
    readlink readlinkat removexattr removexattrat rename renameat renameat2 rmdir setxattr setxattrat stat stat64
    statmount statfs statfs64 statx symlink symlinkat truncate truncate64 unlink unlinkat utime utimensat
    utimensat_time64 utimes`,
  'open files': `
    _llseek close close_range copy_file_range dup dup2 dup3 fadvise64 fadvise64_64 fallocate fchmod fchown fchown32
    fcntl fcntl64 fdatasync fgetxattr flistxattr flock fremovexattr fsetxattr fstat fstat64 fstatfs fstatfs64 fsync
    ftruncate ftruncate64 getdents getdents64 ioctl lseek pipe pipe2 pread64 preadv preadv2 pwrite64 pwritev pwritev2
    read readahead readv sendfile sendfile64 splice sync sync_file_range syncfs tee vmsplice write writev`,
  'to wait for several things': `
    _newselect epoll_create epoll_create1 epoll_ctl epoll_ctl_old epoll_pwait epoll_pwait2 epoll_wait epoll_wait_old
    eventfd eventfd2 io_cancel io_destroy io_getevents io_pgetevents io_pgetevents_time64 io_setup io_submit poll
    ppoll ppoll_time64 pselect6 pselect6_time64 select signalfd signalfd4`,
  'threads that wait for each other': `
    futex futex_requeue futex_time64 futex_wait futex_waitv futex_wake`,
  signals: `
    kill pause pidfd_open pidfd_send_signal rt_sigaction rt_sigpending rt_sigprocmask rt_sigqueueinfo rt_sigreturn
    rt_sigsuspend rt_sigtimedwait rt_sigtimedwait_time64 rt_tgsigqueueinfo sigaction sigaltstack signal sigpending
    sigprocmask sigreturn sigsuspend tgkill tkill uretprobe`,
  // Who has no CAP_SYS_TIME can only ask how the clock is corrected.
  time: `
    adjtimex alarm clock_adjtime clock_adjtime64 clock_getres clock_getres_time64 clock_gettime clock_gettime64
    clock_nanosleep clock_nanosleep_time64 getitimer gettimeofday nanosleep setitimer time timer_create timer_delete
    timer_getoverrun timer_gettime timer_gettime64 timer_settime timer_settime64 timerfd_create timerfd_gettime
    timerfd_gettime64 timerfd_settime timerfd_settime64`,
  network: `
    accept accept4 bind connect getpeername getsockname getsockopt listen recvfrom recvmmsg recvmmsg_time64 recvmsg
    sendmmsg sendmsg sendto setsockopt shutdown socketcall socketpair`,
  'messages, semaphores and shared memory': `
    ipc mq_getsetattr mq_notify mq_open mq_timedreceive mq_timedreceive_time64 mq_timedsend mq_timedsend_time64
    mq_unlink msgctl msgget msgrcv msgsnd semctl semget semop semtimedop semtimedop_time64 shmat shmctl shmdt shmget`,
  chance: 'getrandom',
} as const;

/** Allowed to those who have a capability that is needed for them. */
export const WITH_CAPABILITY: readonly (readonly [Capability, string])[] = [
  ['CAP_DAC_READ_SEARCH', 'open_by_handle_at'],
  [
    'CAP_SYS_ADMIN',
    `
    bpf clone clone3 fanotify_init fsconfig fsmount fsopen fspick lookup_dcookie lsm_get_self_attr lsm_list_modules
    lsm_set_self_attr mount mount_setattr move_mount open_tree open_tree_attr perf_event_open quotactl quotactl_fd
    setdomainname sethostname setns syslog umount umount2 unshare`,
  ],
  ['CAP_SYS_BOOT', 'reboot'],
  ['CAP_SYS_CHROOT', 'chroot'],
  ['CAP_SYS_MODULE', 'delete_module finit_module init_module'],
  ['CAP_SYS_PACCT', 'acct'],
  ['CAP_SYS_PTRACE', 'kcmp pidfd_getfd process_madvise process_vm_readv process_vm_writev ptrace'],
  ['CAP_SYS_RAWIO', 'ioperm iopl'],
  ['CAP_SYS_TIME', 'clock_settime clock_settime64 settimeofday stime'],
  ['CAP_SYS_TTY_CONFIG', 'vhangup'],
  ['CAP_SYS_NICE', 'get_mempolicy mbind set_mempolicy set_mempolicy_home_node'],
  ['CAP_SYSLOG', 'syslog'],
  ['CAP_BPF', 'bpf'],
  ['CAP_PERFMON', 'perf_event_open'],
];

/**
 * Refused to everybody, and why. Nobody needs this list: what no rule names is
 * refused. It is there so that no call is forgotten.
 */
export const REFUSED = {
  'The kernel’s keys are not divided by containers.': 'add_key keyctl request_key',
  'They begin another kernel, or change where the machine swaps.': 'kexec_file_load kexec_load swapoff swapon',
  'A ring does the work of calls, past the filter.': 'io_uring_enter io_uring_register io_uring_setup',
  'It stops the kernel in the middle of its work, which many an attack has needed.': 'userfaultfd',
  'They move memory of others between nodes.': 'migrate_pages move_pages',
  'They tell of the machine’s file systems.': 'sysfs ustat',
  'A container has its root already.': 'pivot_root',
  'They are for another kernel’s way of tracing.': 'uprobe',
  'They are old, gone, or were never there.': `
    _sysctl afs_syscall bdflush break create_module ftime get_kernel_syms getpmsg gtty idle lock mpx nfsservctl nice
    oldfstat oldlstat oldolduname oldstat olduname prof profil putpmsg query_module readdir security sgetmask ssetmask
    stty tuxcall ulimit uselib vm86 vm86old vserver`,
} as const;

/** All flags of clone(2) for namespaces but CLONE_NEWTIME, which it does not take. */
const NAMESPACES = 0x7e020000n;
const AF_VSOCK = 40n;
/** The usual one, the two of old programs, both, and the question. Source: personality(2). */
const PERSONALITIES = [0n, 0x8n, 0x20000n, 0x20008n, 0xffffffffn];
const ENOSYS = 38;

const words = (text: string) => text.trim().split(/\s+/);

/** The first argument has, under a mask, a value. */
function masked(mask: bigint, value: bigint): ArgumentTest {
  return { index: 0, op: 'SCMP_CMP_MASKED_EQ', value: mask, valueTwo: value };
}

/** It is a number of 32 bits: of what stands above, the kernel takes no notice. */
const is = (value: bigint) => masked(0xffffffffn, value);

function allow(names: readonly string[], rest: Partial<Rule> = {}): Rule {
  return { names, action: 'SCMP_ACT_ALLOW', ...rest };
}

export const DEFAULT_PROFILE: Profile = {
  defaultAction: 'SCMP_ACT_ERRNO',
  defaultErrnoRet: 1,
  archMap: [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }],
  syscalls: [
    ...Object.values(ALLOWED).map((names) => allow(words(names))),
    ...WITH_CAPABILITY.map(([name, names]) => allow(words(names), { includes: { caps: [name] } })),
    // Without new namespaces it is fork. The flags of clone3 are in memory, where no filter looks: programs take clone.
    allow(['clone'], { args: [masked(NAMESPACES, 0n)], excludes: { caps: ['CAP_SYS_ADMIN'] } }),
    { names: ['clone3'], action: 'SCMP_ACT_ERRNO', errnoRet: ENOSYS, excludes: { caps: ['CAP_SYS_ADMIN'] } },
    // Before, who was traced could get past a filter.
    allow(words('process_vm_readv process_vm_writev ptrace'), { includes: { minKernel: '4.8' } }),
    // The sockets of virtual machines reach the host, whatever the network namespace.
    { names: ['socket'], action: 'SCMP_ACT_ERRNO', args: [is(AF_VSOCK)] },
    allow(['socket']),
    ...PERSONALITIES.map((value) => allow(['personality'], { args: [is(value)] })),
  ],
};

/** The default profile behind rules of one's own: the first rule that fits a call counts. */
export function defaultProfileBehind(rules: readonly Rule[]): Profile {
  return { ...DEFAULT_PROFILE, syscalls: [...rules, ...DEFAULT_PROFILE.syscalls] };
}
