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
#include <poll.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "foreground.h"
#include "raw.h"
#include "walk.h"

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

#ifndef SYS_close_range
#define SYS_close_range 436
#endif
#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1u << 2)
#endif

/*
 * A pipe ends when its last copy is closed. A child that kept the parent's
 * ends would wait on itself for ever after the parent's death.
 */
static void close_parents_ends(const struct child *child)
{
	RAW(SYS_close, (unsigned long)child->parent_events);
	RAW(SYS_close, (unsigned long)child->parent_gate);
}

static void keep_only_standard_streams(void)
{
	for (unsigned long fd = 0; fd <= 2; fd++)
		RAW(SYS_fcntl, fd, F_SETFD, 0);
	RAW(SYS_close_range, 3, ~0u, CLOSE_RANGE_CLOEXEC);
}

/*
 * When the parent dies, so does the child. A change of user id clears this
 * (prctl(2), PR_SET_PDEATHSIG), so it is said again before execve. A parent
 * that was dead already has left the event pipe without a reader.
 */
static void die_with_parent(void *context)
{
	const struct child *child = context;
	struct pollfd reader = { .fd = child->events, .events = 0 };
	struct timespec at_once = { 0, 0 };

	RAW(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	RAW(SYS_ppoll, (unsigned long)&reader, 1, (unsigned long)&at_once, 0, KERNEL_SIGSET_SIZE);
	if (reader.revents & POLLERR)
		RAW(SYS_exit_group, 1);
}

int child_main(void *context)
{
	struct child *child = context;
	const struct watcher watcher = {
		.events = child->events,
		.gate = child->gate,
		.announce = child->watch,
		.before_exec = die_with_parent,
		.context = child,
	};

	if (child->terminal >= 0) {
		RAW(SYS_setpgid, 0, 0);
		foreground(child->terminal, 0);
	}
	close_parents_ends(child);
	keep_only_standard_streams();
	die_with_parent(child);
	reset_signals(&child->mask);

	uint32_t done = walk(child->program, child->results, &watcher);

	RAW(SYS_exit_group, done == child->program->steps ? 0 : 125);
	return 0;
}
