#ifndef LAB_OWN_H
#define LAB_OWN_H

#include <stdint.h>

/*
 * The executor's own descriptors, in one array: these, and behind them a
 * channel for each list, over which its events go out and its bytes come in.
 * -1 stands for one that there is not.
 */
enum {
	OWN_PARENT,   /* a pidfd of the process whose death ends this one */
	OWN_WALKER,   /* the program that hand_over() becomes */
	OWN_BLOCK,    /* for it, the packed program as it was before it was loaded */
	OWN_SHARED,   /* for it, the results, which the parent reads */
	OWN_TAKEN,    /* closed when the walker has taken over */
	OWN_CHANNELS,
};

struct own {
	uint32_t count;
	int *fds;
};

/* Moves all but the first two, which have been moved already, to where no list reaches. */
void move_out_of_reach(const struct own *own);

/* A duplicate with a high number, closed on exec; the descriptor itself goes. */
int out_of_reach(int fd);

/* Closes the channels from one list up to another, without the latter. */
void close_channels(const struct own *own, uint32_t from, uint32_t to);

/*
 * Makes a system call that closes descriptors or replaces one, and keeps ours.
 * For the list it is as if ours were not there.
 */
long call_around(const struct own *own, long number, const unsigned long arguments[6]);

#endif
