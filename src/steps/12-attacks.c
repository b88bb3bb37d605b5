/*
 * 12-attacks.c - what root would do to a machine, tried without doing it.
 *
 * Each call has an argument that the kernel turns down once it has looked at the
 * rights: an impossible type, a wrong magic number. That error is as good as a yes.
 * So nothing is changed, wherever this runs, also by root on the host.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static long mount_something(void)
{
	return mount("nothing", "/", "no such type", 0, NULL);
}

/* A node is only a name and two numbers: nothing is opened. */
static long make_disk_node(void)
{
	const char *path = "/tmp/12-attacks-disk";
	long result = mknod(path, S_IFBLK | 0600, makedev(8, 0));

	if (result == 0)
		unlink(path);
	return result;
}

/* Lesson 8's way out: is there anything above the root? */
static long climb_out(void)
{
	struct stat before, after;

	if (stat("/", &before) || chroot("/tmp") || chdir("../../../../../../../..") || stat(".", &after))
		return -1;
	errno = before.st_ino == after.st_ino && before.st_dev == after.st_dev ? 0 : EINVAL;
	return -1;
}

static long reboot_machine(void)
{
	return syscall(SYS_reboot, 0, 0, 0, NULL);
}

static long load_kernel(void)
{
	return syscall(SYS_kexec_load, 0, 1000, NULL, 0x8000);
}

static long load_module(void)
{
	return syscall(SYS_init_module, NULL, 0, "");
}

/* No time and no zone: there is nothing to set. */
static long set_clock(void)
{
	return syscall(SYS_settimeofday, NULL, NULL);
}

static long read_kernel_log(void)
{
	return syscall(SYS_syslog, 2, NULL, 0);
}

static long ask_for_keyring(void)
{
	return syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
}

static long write_setting(void)
{
	int fd = open("/proc/sys/net/ipv4/ip_forward", O_WRONLY | O_CLOEXEC);

	return fd < 0 ? -1 : close(fd);
}

static long become_root_again(void)
{
	return unshare(CLONE_NEWUSER);
}

/* The number that a process has on the host. It goes on as before: tracing ends with the tracer. */
static pid_t neighbour;

static long trace_neighbour(void)
{
	return ptrace(PTRACE_SEIZE, neighbour, NULL, NULL);
}

static const struct attack {
	const char *name;
	long (*try)(void);
	/* The error that says: this was turned down for its argument, and not for you. */
	int yes;
} attacks[] = {
	{ "mount", mount_something, ENODEV },
	{ "mknod of a disk", make_disk_node, 0 },
	{ "chroot escape", climb_out, EINVAL },
	{ "reboot", reboot_machine, EINVAL },
	{ "kexec", load_kernel, EINVAL },
	{ "kernel module", load_module, ENOEXEC },
	{ "clock", set_clock, 0 },
	{ "kernel log", read_kernel_log, EINVAL },
	{ "keyring", ask_for_keyring, 0 },
	{ "/proc/sys", write_setting, 0 },
	{ "new user namespace", become_root_again, 0 },
	{ "trace a neighbour", trace_neighbour, 0 },
};

static const char *name_of(int error)
{
	switch (error) {
	case 0: return "leads nowhere";
	case EPERM: return "EPERM";
	case EACCES: return "EACCES";
	case ENOSYS: return "ENOSYS";
	case EROFS: return "EROFS";
	case ESRCH: return "ESRCH";
	default: return strerror(error);
	}
}

static void report(const struct attack *attack)
{
	long result;
	int error;

	errno = 0;
	result = attack->try();
	error = errno;
	printf("%-20s%s\n", attack->name,
	       result >= 0 || (attack->yes != 0 && error == attack->yes) ? "allowed" : name_of(error));
	fflush(stdout);
}

/* Each by a child: what it did to itself ends with it. */
int main(int argc, char **argv)
{
	neighbour = argc > 1 ? atoi(argv[1]) : 1;
	for (size_t i = 0; i < sizeof attacks / sizeof attacks[0]; i++) {
		pid_t child = fork();

		if (child == 0) {
			report(&attacks[i]);
			_exit(0);
		}
		waitpid(child, NULL, 0);
	}
	return 0;
}
