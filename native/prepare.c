/* prepare.c - the memory and the descriptors that a child runs on. */
#include "prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"
#include "young.h"

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

/* This process, for its children to look whether it lives; -1 before Linux 5.3. */
static int open_self(void)
{
	static int self = -2;

	if (self == -2) {
		self = (int)syscall(SYS_pidfd_open, getpid(), 0);
		if (self >= 0)
			self = out_of_reach(self);
	}
	return self;
}

static int *all_closed(uint32_t count)
{
	int *fds = malloc(count * sizeof *fds);

	for (uint32_t i = 0; fds && i < count; i++)
		fds[i] = -1;
	return fds;
}

static struct child *allocate(const struct program *packed, const struct spawn_options *options)
{
	struct child *child = calloc(1, sizeof *child);

	if (!child)
		return NULL;
	child->terminal = options->terminal;
	child->mortal = options->mortal;
	child->copied = options->copy;
	child->stack_size = GUARD_SIZE + STACK_SIZE;
	child->stack = map_stack(child->stack_size);
	child->program = malloc(packed->size);
	child->own.count = OWN_CHANNELS + packed->lists;
	child->own.fds = all_closed(child->own.count);
	child->given = all_closed(child->own.count);
	child->parents_ends = all_closed(child->own.count);
	child->steps = packed->steps;
	if (!child->stack || !child->program || !child->own.fds || !child->given || !child->parents_ends) {
		lab_release(child);
		return NULL;
	}
	memcpy(child->program, packed, packed->size);
	return child;
}

/* A file in memory of so many zeros. */
static int make_file(const char *name, uint64_t size)
{
	int fd = memfd_create(name, MFD_CLOEXEC | MFD_ALLOW_SEALING);

	if (fd >= 0 && ftruncate(fd, (off_t)size) < 0) {
		close(fd);
		return -1;
	}
	return fd;
}

/* Where the results are written that the parent reads: in memory that all the processes of the lists share. */
static int share_results(struct child *child, const struct spawn_options *options)
{
	const uint64_t size = shared_size(child->program);
	const int several = child->copied || child->program->lists > 1;
	int fd = -1;

	if (options->walker >= 0) {
		fd = child->given[OWN_SHARED] = make_file("results", size);
		if (fd < 0)
			return -errno;
	}
	if (fd < 0 && !several) {
		child->shared = calloc(1, size);
	} else {
		void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE,
		                    MAP_SHARED | (fd < 0 ? MAP_ANONYMOUS : 0), fd, 0);

		child->shared = shared == MAP_FAILED ? NULL : shared;
		child->shared_size = size;
	}
	if (!child->shared)
		return -ENOMEM;
	for (uint32_t i = 0; i < child->program->steps; i++)
		child->shared->results[i] = NOT_YET;
	return 0;
}

/* For the walker: the program as it was packed, for what has been loaded fits this memory alone. */
static int prepare_walker(struct child *child, const struct program *packed, const struct spawn_options *options)
{
	int taken[2];

	if (options->walker < 0)
		return 0;
	child->given[OWN_WALKER] = options->walker;
	child->given[OWN_BLOCK] = make_file("list", 0);
	if (child->given[OWN_BLOCK] < 0 || pipe2(taken, O_CLOEXEC) < 0)
		return -errno;
	child->parents_ends[OWN_TAKEN] = taken[0];
	child->given[OWN_TAKEN] = taken[1];
	if (write(child->given[OWN_BLOCK], packed, packed->size) != (ssize_t)packed->size)
		return -ENOSPC;
	return 0;
}

static int open_channels(struct child *child, const struct spawn_options *options)
{
	for (uint32_t i = OWN_CHANNELS; options->watch && i < child->own.count; i++) {
		int ends[2];

		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
			return -errno;
		child->parents_ends[i] = ends[0];
		child->given[i] = ends[1];
	}
	return 0;
}

static int prepare_all(struct child *child, const struct program *packed, const struct spawn_options *options)
{
	int error = load(child->program);

	child->given[OWN_PARENT] = child->mortal ? open_self() : -1;
	if (!error)
		error = share_results(child, options);
	if (!error)
		error = prepare_walker(child, packed, options);
	if (!error)
		error = open_channels(child, options);
	/* The child moves its own, so their numbers here are kept apart. */
	memcpy(child->own.fds, child->given, child->own.count * sizeof *child->given);
	return error;
}

struct child *prepare(const struct program *packed, struct spawn_options *options)
{
	struct child *child = allocate(packed, options);

	options->pid = child ? prepare_all(child, packed, options) : -ENOMEM;
	return child;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		close(fd);
}

void divide_ends(struct child *child, struct spawn_options *options, int32_t *channels)
{
	for (uint32_t i = OWN_BLOCK; i < child->own.count; i++)
		close_fd(child->given[i]);
	if (options->pid < 0) {
		for (uint32_t i = 0; i < child->own.count; i++)
			close_fd(child->parents_ends[i]);
		return;
	}
	options->taken = child->parents_ends[OWN_TAKEN];
	for (uint32_t i = OWN_CHANNELS; options->watch && i < child->own.count; i++)
		channels[i - OWN_CHANNELS] = child->parents_ends[i];
}

void lab_release(struct child *child)
{
	if (!child)
		return;
	if (child->stack)
		munmap(child->stack, child->stack_size);
	if (child->shared_size > 0)
		munmap(child->shared, child->shared_size);
	else
		free(child->shared);
	free(child->own.fds);
	free(child->given);
	free(child->parents_ends);
	free(child->program);
	free(child);
}
