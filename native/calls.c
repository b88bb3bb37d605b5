/*
 * calls.c - the one table of system calls.
 *
 * Names travel, numbers come from the headers of the machine this is compiled
 * on: x86-64 and arm64 number their calls differently, and arm64 never had the
 * old ones (fork, pipe, dup2, mkdir), so only their successors stand here.
 */
#include "calls.h"

#include "young.h"

#define CALL(name) { #name, SYS_##name }

const struct call calls[] = {
	CALL(bind),
	CALL(bpf),
	CALL(capset),
	CALL(chdir),
	CALL(chroot),
	CALL(clone),
	CALL(close),
	CALL(close_range),
	CALL(dup3),
	CALL(execve),
	CALL(execveat),
	CALL(exit_group),
	CALL(fchdir),
	CALL(fchmodat),
	CALL(fchownat),
	CALL(fcntl),
	CALL(flock),
	CALL(fsconfig),
	CALL(fsmount),
	CALL(fsopen),
	CALL(getpid),
	CALL(getxattr),
	CALL(ioctl),
	CALL(keyctl),
	CALL(kill),
	CALL(listen),
	CALL(memfd_create),
	CALL(mkdirat),
	CALL(mknodat),
	CALL(mount),
	CALL(mount_setattr),
	CALL(move_mount),
	CALL(openat),
	CALL(openat2),
	CALL(open_tree),
	CALL(pidfd_getfd),
	CALL(pidfd_open),
	CALL(pidfd_send_signal),
	CALL(pipe2),
	CALL(pivot_root),
	CALL(ppoll),
	CALL(prctl),
	CALL(prlimit64),
	CALL(read),
	CALL(recvfrom),
	CALL(seccomp),
	CALL(sendmsg),
	CALL(sendto),
	CALL(setdomainname),
	CALL(setgroups),
	CALL(sethostname),
	CALL(setns),
	CALL(setpgid),
	CALL(setresgid),
	CALL(setresuid),
	CALL(setsid),
	CALL(setsockopt),
	CALL(setxattr),
	CALL(shmget),
	CALL(socket),
	CALL(symlinkat),
	CALL(umask),
	CALL(umount2),
	CALL(unlinkat),
	CALL(unshare),
	CALL(wait4),
	CALL(write),
};

const int calls_count = sizeof calls / sizeof calls[0];
