/* spawn.c - clone(2), and what it needs before and after. */
#include "lab.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

#include "load.h"
#include "prepare.h"

/*
 * A working directory, unlike a descriptor, is carried over into a new mount
 * namespace. So the parent goes where the child is to begin, and comes back.
 */
static int clone_in(int directory, struct child *child, int flags)
{
	int home, pid;

	if (directory < 0)
		return clone(child_main, child->stack + child->stack_size, flags, child);
	home = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (home < 0)
		return -1;
	pid = fchdir(directory);
	if (pid == 0)
		pid = clone(child_main, child->stack + child->stack_size, flags, child);
	if (fchdir(home) < 0)
		abort();
	close(home);
	return pid;
}

/* Signals stay blocked until the child has shed the parent's handlers. */
static int clone_child(struct child *child, const struct spawn_options *options)
{
	int flags = (int)options->flags | (child->copied ? 0 : CLONE_VM) | SIGCHLD;
	sigset_t all;
	int pid;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &child->mask);
	pid = clone_in(options->directory, child, flags);
	if (pid < 0)
		pid = -errno;
	pthread_sigmask(SIG_SETMASK, &child->mask, NULL);
	return pid;
}

struct child *lab_spawn(const void *block, struct spawn_options *options, int32_t *channels)
{
	struct child *child;

	options->taken = -1;
	options->pid = -EINVAL;
	if (!is_whole(block))
		return NULL;
	child = prepare(block, options);
	if (child) {
		if (options->pid == 0)
			options->pid = clone_child(child, options);
		divide_ends(child, options, channels);
	}
	if (options->pid >= 0)
		return child;
	lab_release(child);
	return NULL;
}
