/* rights.c - what the program may do: its capabilities, new privileges, and its system calls. */
#define _GNU_SOURCE
#include "reference.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define BIT(capability) (UINT64_C(1) << (capability))

/* Docker's fourteen. */
static const uint64_t kept =
	BIT(CAP_CHOWN) | BIT(CAP_DAC_OVERRIDE) | BIT(CAP_FOWNER) | BIT(CAP_FSETID) | BIT(CAP_KILL) | BIT(CAP_SETGID) |
	BIT(CAP_SETUID) | BIT(CAP_SETPCAP) | BIT(CAP_NET_BIND_SERVICE) | BIT(CAP_NET_RAW) | BIT(CAP_SYS_CHROOT) |
	BIT(CAP_MKNOD) | BIT(CAP_AUDIT_WRITE) | BIT(CAP_SETFCAP);

static struct sock_filter instructions[BPF_MAXINSNS];
static struct sock_fprog filter = { .filter = instructions };
static int last_capability;

/* The parent's part before the clone. The filter is a file with the instructions. */
void read_rights(const char *path)
{
	int fd = check(open(path, O_RDONLY | O_CLOEXEC), path);

	filter.len = check(read(fd, instructions, sizeof instructions), path) / sizeof *instructions;
	check(close(fd), "close");
	last_capability = atoi(read_file("/proc/sys/kernel/cap_last_cap"));
}

static void set_capabilities(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)kept, .permitted = (uint32_t)kept },
		{ .effective = kept >> 32, .permitted = kept >> 32 },
	};

	check(syscall(SYS_capset, &header, data), "capset");
}

void give_up_rights(void)
{
	long keyring = syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL);

	check(keyring < 0 && errno == ENOSYS ? 0 : keyring, "keyctl");
	for (int capability = 0; capability <= last_capability; capability++)
		if (!(kept & BIT(capability)))
			check(prctl(PR_CAPBSET_DROP, capability), "prctl PR_CAPBSET_DROP");
	set_capabilities();
	check(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl PR_SET_NO_NEW_PRIVS");
	check(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &filter), "seccomp");
}
