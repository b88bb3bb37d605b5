#ifndef LAB_PREPARE_H
#define LAB_PREPARE_H

#include "child.h"

/*
 * All that a child needs before it is cloned, its program loaded. On failure
 * there is as much of it as could be had, for lab_release(), or nothing, and
 * options->pid is -errno; else 0.
 */
struct child *prepare(const struct program *packed, struct spawn_options *options);

/*
 * After the clone: the ends of the channels that stay here go to the caller,
 * those that the child has are closed here.
 */
void divide_ends(struct child *child, struct spawn_options *options, int32_t *channels);

#endif
