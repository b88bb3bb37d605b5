#ifndef LAB_WALK_H
#define LAB_WALK_H

#include "own.h"
#include "program.h"

/*
 * Which call of a child failed, and with what, in one word, so that it is
 * written at once: whether an answer said so, the index plus one, the outcome.
 * Of two lists that fail, the first has it. 0: none.
 */
typedef uint64_t failure_word;

#define FAILURE_BY_VERDICT ((failure_word)1 << 63)

struct walk {
	struct program *program;
	int64_t *results;         /* one for each step */
	failure_word *failure;    /* where a failure is noted, or NULL */
	const struct own *own;    /* what the lists must not touch, or NULL */
	int mortal;               /* every process of the lists dies with its parent */
	int stops;                /* stop before a call that would have to wait ... */
	int waiting;              /* ... out: for this descriptor, or -1 */
	uint32_t list;            /* out: the list of this process, which may be a nested one ... */
	uint32_t at;              /* ... and the step at which it stopped */
};

/*
 * Makes the calls of a list, from a step on, and stops at the first that fails
 * with anything but its tolerated errno. Returns whether it came to the end;
 * results[i] is the return value of call i, or -errno.
 *
 * Every process that a list clones returns from here, too, with its own list.
 */
int walk_list(struct walk *walk, uint32_t list, uint32_t from);

/* How a process ends that has come to the end of its list, or not. */
#define STATUS_DONE 0
#define STATUS_FAILED 125

/* Tells the watcher of a list that a step has come back. */
void tell_finished(const struct walk *walk, uint32_t list, uint32_t index, int64_t result);

#endif
