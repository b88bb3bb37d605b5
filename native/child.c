/*
 * child.c - the life of a child between clone(2) and execve(2).
 *
 * The child shares its parent's memory (CLONE_VM) but runs on a stack of its
 * own. Rule: only raw system calls and the memory in struct child; see walk.c.
 *
 * A child of Node is not yet an ordinary process. Before the list begins it
 * must shed what it inherited:
 *   - Node's signal handlers, which would run Node's code in the wrong process,
 *     and the ignored SIGPIPE, which would survive execve;
 *   - close-on-exec on the three standard streams, which Node sets;
 *   - every other descriptor, which must not leak into the container;
 *   - its place in the parent's process group, when there is a terminal: job
 *     control wants a shell to lead its own.
 */
#include "child.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>

#include "foreground.h"
#include "life.h"
#include "raw.h"
#include "walk.h"
#include "young.h"

/* The kernel's struct sigaction, which is not libc's; zero means SIG_DFL. */
struct kernel_sigaction {
	unsigned long handler, flags, restorer, mask;
};

#define KERNEL_SIGSET_SIZE 8

static void reset_signals(const sigset_t *mask)
{
	const struct kernel_sigaction by_default = { 0, 0, 0, 0 };

	for (unsigned long signal = 1; signal < NSIG; signal++)
		RAW(SYS_rt_sigaction, signal, (unsigned long)&by_default, 0, KERNEL_SIGSET_SIZE);
	RAW(SYS_rt_sigprocmask, SIG_SETMASK, (unsigned long)mask, 0, KERNEL_SIGSET_SIZE);
}

/*
 * A channel ends when its last copy is closed. A child that kept the parent's
 * ends would wait on itself for ever after the parent's death.
 */
static void close_parents_ends(const struct child *child)
{
	for (uint32_t i = OWN_TAKEN; i < child->own.count; i++)
		if (child->parents_ends[i] >= 0)
			RAW(SYS_close, (unsigned long)child->parents_ends[i]);
}

struct kernel_dirent {
	uint64_t inode;
	int64_t offset;
	uint16_t size;
	uint8_t type;
	char name[];
};

static int is_number(const char *name, unsigned long *number)
{
	for (*number = 0; *name >= '0' && *name <= '9'; name++)
		*number = *number * 10 + (unsigned long)(*name - '0');
	return *name == '\0';
}

/* By the list of those that are open; -errno where there is no /proc. */
static long close_listed_on_exec(void)
{
	long directory = RAW(SYS_openat, (unsigned long)AT_FDCWD, (unsigned long)"/proc/self/fd",
	                     O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	uint64_t buffer[512];
	long size;

	if (directory < 0)
		return directory;
	while ((size = RAW(SYS_getdents64, (unsigned long)directory, (unsigned long)buffer, sizeof buffer)) > 0)
		for (long at = 0; at < size;) {
			const struct kernel_dirent *entry = (const void *)((const char *)buffer + at);
			unsigned long fd;

			if (is_number(entry->name, &fd) && fd > 2)
				RAW(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
			at += entry->size;
		}
	RAW(SYS_close, (unsigned long)directory);
	return size;
}

static void close_each_on_exec(void)
{
	struct rlimit limit = { 0, 0 };

	RAW(SYS_prlimit64, 0, RLIMIT_NOFILE, 0, (unsigned long)&limit);
	for (unsigned long fd = 3; fd < limit.rlim_cur; fd++)
		RAW(SYS_fcntl, fd, F_SETFD, FD_CLOEXEC);
}

static void keep_only_standard_streams(void)
{
	for (unsigned long fd = 0; fd <= 2; fd++)
		RAW(SYS_fcntl, fd, F_SETFD, 0);
	/* CLOSE_RANGE_CLOEXEC came with Linux 5.11. */
	if (RAW(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC) < 0 && close_listed_on_exec() < 0)
		close_each_on_exec();
}

int child_main(void *context)
{
	struct child *child = context;
	struct walk walk = {
		.program = child->program,
		.results = child->shared->results,
		.failure = &child->shared->failure,
		.own = &child->own,
		.mortal = child->mortal,
	};

	if (child->terminal >= 0) {
		RAW(SYS_setpgid, 0, 0);
		foreground(child->terminal, 0);
	}
	close_parents_ends(child);
	keep_only_standard_streams();
	if (child->mortal)
		die_with_parent(child->own.fds[OWN_PARENT]);
	reset_signals(&child->mask);
	move_out_of_reach(&child->own);

	RAW(SYS_exit_group, walk_list(&walk, 0, 0) ? STATUS_DONE : STATUS_FAILED);
	return 0;
}
