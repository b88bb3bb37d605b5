#ifndef LAB_CHILD_H
#define LAB_CHILD_H

#include <signal.h>
#include <stddef.h>

#include "handover.h"
#include "lab.h"
#include "own.h"

/* The result of a call that has not come back. */
#define NOT_YET INT64_MIN

struct child {
	struct program *program;
	struct shared *shared; /* results and failure, which the parent reads */
	size_t shared_size;    /* if the copies of this memory share them, too; else 0 */
	char *stack;
	size_t stack_size;
	sigset_t mask;         /* signals that were blocked before the clone */
	struct own own;        /* as the child has moved them; as they were given to it: */
	int *given;
	int *parents_ends;     /* the other ends of the channels and of OWN_TAKEN: the child must close them */
	uint32_t steps;
	int terminal;
	int mortal;
	int copied;            /* the child has its own copy of the memory */
};

/* Where the child begins, and all it ever runs: it does not return. */
int child_main(void *child);

#endif
