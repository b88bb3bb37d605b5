#ifndef LAB_LOAD_H
#define LAB_LOAD_H

#include "program.h"

/* Whether a block has the size that its header says, and room for all of it. */
int is_whole(const struct program *program);

/*
 * Turns the offsets that a program's fixups name into addresses, in place.
 * Returns 0, or -EINVAL for a block that is not whole.
 */
int load(struct program *program);

#endif
