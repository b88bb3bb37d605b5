/*
 * calls.c - the one table of system calls.
 *
 * Names travel, numbers come from the headers of the machine this is compiled
 * on: x86-64 and arm64 number their calls differently, and arm64 never had the
 * old ones (fork, pipe, dup2, mkdir), so only their successors stand here.
 */
#include "calls.h"

#include <string.h>
#include <sys/syscall.h>

#include "lab.h"

/* Calls newer than some distribution's headers; from 424 on, every machine
 * numbers them alike. */
#ifndef SYS_open_tree
#define SYS_open_tree 428
#define SYS_move_mount 429
#endif
#ifndef SYS_mount_setattr
#define SYS_mount_setattr 442
#endif

#define CALL(name) { #name, SYS_##name }

const struct call calls[] = {
	CALL(capset),
	CALL(chdir),
	CALL(chroot),
	CALL(close),
	CALL(dup3),
	CALL(execve),
	CALL(exit_group),
	CALL(fchdir),
	CALL(fchownat),
	CALL(getpid),
	CALL(ioctl),
	CALL(kill),
	CALL(mkdirat),
	CALL(mknodat),
	CALL(mount),
	CALL(mount_setattr),
	CALL(move_mount),
	CALL(openat),
	CALL(open_tree),
	CALL(pipe2),
	CALL(pivot_root),
	CALL(ppoll),
	CALL(prctl),
	CALL(prlimit64),
	CALL(read),
	CALL(recvfrom),
	CALL(rt_sigprocmask),
	CALL(sendto),
	CALL(setdomainname),
	CALL(setgroups),
	CALL(sethostname),
	CALL(setns),
	CALL(setpgid),
	CALL(setresgid),
	CALL(setresuid),
	CALL(setsid),
	CALL(socket),
	CALL(symlinkat),
	CALL(umount2),
	CALL(uname),
	CALL(unlinkat),
	CALL(unshare),
	CALL(wait4),
	CALL(write),
};

const int calls_count = sizeof calls / sizeof calls[0];

int lab_find_call(const char *name)
{
	for (int i = 0; i < calls_count; i++)
		if (strcmp(calls[i].name, name) == 0)
			return i;
	return -1;
}

const char *lab_errno_text(int number)
{
	return strerror(number);
}
