/*
 * lab.h - what the library offers to src/executor/native.ts.
 *
 * Every function returns 0 or more for success and -errno for failure; errno
 * itself is never used.
 */
#ifndef LAB_H
#define LAB_H

#include <stdint.h>

#include "program.h"

struct child;

struct spawn_options {
	uint64_t flags;    /* CLONE_* flags of clone(2), without the exit signal */
	int32_t terminal;  /* a terminal to become the foreground of, or -1 */
	int32_t watch;     /* announce calls, and obey the gates */
	int32_t copy;      /* a copy of the parent's memory instead of sharing it */
	int32_t directory; /* an open directory for the child to begin in, or -1 */
	int32_t pid;       /* out: the child, as the parent sees it */
	int32_t events;    /* out: read struct event here; end of file: the list is over */
	int32_t gate;      /* out: write a byte per gated call; -1 when not watching */
};

/* The row of a call in the table, or -1 for a name that is not there. */
int lab_find_call(const char *name);

/* The kernel's words for an error number: strerror(3). */
const char *lab_errno_text(int number);

/*
 * Makes the calls of a packed program in this process and overwrites the
 * block with the same block after the calls, so that out-arguments can be read
 * from it. Returns how many calls succeeded; results needs one slot per call.
 */
int lab_perform(void *program, int64_t *results);

/*
 * Starts a child that makes the calls of a packed program. Returns a handle
 * for lab_release; NULL with options->pid = -errno when clone(2) or one of its
 * preparations failed.
 */
struct child *lab_spawn(const void *program, struct spawn_options *options);

/*
 * Copies bytes of a child's program: what the kernel wrote into out-arguments.
 * Returns 0, or -EINVAL where parent and child share no memory.
 */
int lab_peek(const struct child *child, uint32_t offset, void *bytes, uint32_t size);

/* Frees what a child ran on. Call it when its event pipe has ended. */
void lab_release(struct child *child);

/* Makes a process group the foreground of a terminal, even from behind. */
int lab_foreground(int terminal, int group);

/* Waits until a child has ended, or for so long; -ENOSYS before Linux 5.3. */
int lab_await_end(int pid, int milliseconds);

#endif
