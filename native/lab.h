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
	int32_t mortal;    /* the child dies with its parent */
	int32_t directory; /* an open directory for the child to begin in, or -1 */
	int32_t walker;    /* lab_open_walker(), where a row hands over; or -1 */
	int32_t pid;       /* out: the child, as the parent sees it */
	int32_t taken;     /* out, with a walker: ends when it has taken over, or the child has ended */
};

/* The row of a call in the table, or -1 for a name that is not there. */
int lab_find_call(const char *name);

/* The kernel's words for an error number: strerror(3). */
const char *lab_errno_text(int number);

/*
 * Makes the calls of a packed program's list 0 in this process and overwrites
 * the block with the same block after the calls, so that out-arguments can be
 * read from it. Returns how many calls succeeded; results needs one slot per
 * call. With `waiting`, it stops before a call that would have to wait, and says
 * for which descriptor; -1 if it stopped for another reason.
 */
int lab_perform(void *program, int64_t *results, int32_t *waiting);

/*
 * Starts a child that makes the calls of a packed program. Returns a handle
 * for lab_release; NULL with options->pid = -errno when clone(2) or one of its
 * preparations failed. When watching, `channels` has one slot per list: read
 * struct event there, until its end when the list is over; write a byte per
 * gated call.
 */
struct child *lab_spawn(const void *program, struct spawn_options *options, int32_t *channels);

/*
 * Which call of a child or of the processes that it cloned failed: its index,
 * and what it came to. Returns 0 if none did until now, 1, or 2 if the call
 * itself succeeded and its answer held the error.
 */
int lab_failure(const struct child *child, int32_t *index_and_outcome);

/* The result of a call; INT64_MIN until it has come back. */
int64_t lab_result(const struct child *child, uint32_t index);

/* Frees what a child ran on. Call it when the child has ended or become a program. */
void lab_release(struct child *child);

/*
 * Opens a program for children to hand over to: a sealed copy in memory, which
 * nobody can overwrite; where such a copy may not be executed, the file itself,
 * read-only. Returns a descriptor.
 */
int lab_open_walker(const char *path);

/* Makes a process group the foreground of a terminal, even from behind. */
int lab_foreground(int terminal, int group);

/* A call that a seccomp filter has told of, before it is made. */
struct heard_call {
	uint32_t thread;       /* who makes it, as this process counts; 0 if it cannot be seen from here */
	int32_t number;        /* of the machine's own table */
	uint64_t arguments[6];
};

/*
 * Takes over the listener of a seccomp filter. Returns a socket: read a struct
 * heard_call there, and write a byte when the call may go on; until then no other
 * comes. Close it to listen no more: calls that the filter tells of fail with
 * ENOSYS from then on. It ends when all who are filtered have ended.
 */
int lab_listen(int listener);

/*
 * Waits until a child has ended, or for so long, and returns its wait status;
 * -EAGAIN if it lives, -ENOSYS before Linux 5.3.
 */
int lab_await_end(int pid, int milliseconds);

/*
 * Waits until a descriptor has something to read or is at its end, or until
 * `cancel` has. Returns 1, or 0 if it was cancelled. For a thread of its own.
 */
int lab_await_input(int fd, int cancel);

#endif
