#ifndef LAB_WALK_H
#define LAB_WALK_H

#include "program.h"

struct watcher {
	int events;    /* write struct event here; -1: nobody listens */
	int gate;      /* read one byte here before a gated call; -1: none */
	int announce;  /* also say that a call is about to start */
	void (*before_exec)(void *context);
	void *context;
};

/*
 * Makes the calls of a program in order and stops at the first that fails
 * with anything but its tolerated errno. Returns the number of calls made
 * without failure; results[i] is the return value of call i, or -errno.
 */
uint32_t walk(struct program *program, int64_t *results, const struct watcher *watcher);

#endif
