#ifndef LAB_HANDOVER_H
#define LAB_HANDOVER_H

#include "walk.h"

/*
 * What the walker needs besides the program: it lies behind the program in the
 * file that OWN_BLOCK means. Behind it lie the executor's own descriptors, and
 * then those of the list that must be closed on exec again.
 */
struct handover {
	uint32_t list;
	uint32_t at;              /* the step that hands over */
	int32_t mortal;
	uint32_t own_count;
	uint32_t kept_count;
};

/* A program's results and its failure, as parent and walker share them. */
struct shared {
	failure_word failure;
	int64_t results[];
};

static inline uint64_t shared_size(const struct program *program)
{
	return sizeof(struct shared) + program->steps * sizeof(int64_t);
}

/*
 * Becomes the walker, which makes the rest of the list in memory of its own.
 * Comes back with -errno if it cannot.
 */
long hand_over(const struct walk *walk);

#endif
