#ifndef LAB_CHILD_H
#define LAB_CHILD_H

#include <signal.h>
#include <stddef.h>

#include "lab.h"

struct child {
	struct program *program;
	int64_t *results;
	char *stack;
	size_t stack_size;
	sigset_t mask;     /* signals that were blocked before the clone */
	int events;        /* the child's ends of the two pipes ... */
	int gate;
	int parent_events; /* ... and the parent's, which the child must close */
	int parent_gate;
	int terminal;
	int watch;
	int copied;        /* the child has its own copy of the memory */
};

/* Where the child begins, and all it ever runs: it does not return. */
int child_main(void *child);

#endif
