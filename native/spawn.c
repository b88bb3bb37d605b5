/* spawn.c - clone(2), and what it needs before and after. */
#include "lab.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "child.h"
#include "load.h"

#define STACK_SIZE (64 * 1024)
#define GUARD_SIZE (64 * 1024) /* a page is at most this large on arm64 */

static char *map_stack(size_t size)
{
	char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE,
	                   MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);

	if (stack == MAP_FAILED)
		return NULL;
	mprotect(stack, GUARD_SIZE, PROT_NONE);
	return stack;
}

static struct child *prepare(const void *block, const struct spawn_options *options)
{
	const struct program *packed = block;
	struct child *child = calloc(1, sizeof *child);

	if (!child)
		return NULL;
	child->events = child->gate = -1;
	child->terminal = options->terminal;
	child->watch = options->watch;
	child->copied = options->copy;
	child->stack_size = GUARD_SIZE + STACK_SIZE;
	child->stack = map_stack(child->stack_size);
	child->program = malloc(packed->size);
	child->results = calloc(packed->steps + 1, sizeof *child->results);
	if (!child->stack || !child->program || !child->results) {
		lab_release(child);
		return NULL;
	}
	memcpy(child->program, packed, packed->size);
	return child;
}

static int open_pipes(struct child *child, struct spawn_options *options)
{
	int events[2], gate[2] = { -1, -1 };

	if (pipe2(events, O_CLOEXEC) < 0)
		return -errno;
	if (child->watch && pipe2(gate, O_CLOEXEC) < 0) {
		int error = -errno;

		close(events[0]);
		close(events[1]);
		return error;
	}
	options->events = child->parent_events = events[0];
	options->gate = child->parent_gate = gate[1];
	child->events = events[1];
	child->gate = gate[0];
	return 0;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

/*
 * A working directory, unlike a descriptor, is carried over into a new mount
 * namespace. So the parent goes where the child shall begin, and comes back.
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

struct child *lab_spawn(const void *block, struct spawn_options *options)
{
	struct child *child = is_whole(block) ? prepare(block, options) : NULL;

	options->events = options->gate = -1;
	if (child)
		options->pid = load(child->program);
	else
		options->pid = is_whole(block) ? -ENOMEM : -EINVAL;
	if (options->pid == 0)
		options->pid = open_pipes(child, options);
	if (options->pid == 0)
		options->pid = clone_child(child, options);
	if (child) {
		close_fd(child->events);
		close_fd(child->gate);
	}
	if (options->pid < 0) {
		close_fd(options->events);
		close_fd(options->gate);
		lab_release(child);
		return NULL;
	}
	return child;
}

int lab_peek(const struct child *child, uint32_t offset, void *bytes, uint32_t size)
{
	if (child->copied || offset > child->program->size || size > child->program->size - offset)
		return -EINVAL;
	memcpy(bytes, (const char *)child->program + offset, size);
	return 0;
}

void lab_release(struct child *child)
{
	if (!child)
		return;
	if (child->stack)
		munmap(child->stack, child->stack_size);
	free(child->results);
	free(child->program);
	free(child);
}
