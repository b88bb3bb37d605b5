/* perform.c - a program of calls, made by the calling process itself. */
#include "lab.h"

#include <errno.h>
#include <stddef.h>

#include "load.h"
#include "walk.h"

int lab_perform(void *block, int64_t *results, int32_t *waiting)
{
	struct program *program = block;
	struct walk walk = { .program = program, .results = results, .stops = waiting != NULL };
	int error = load(program);

	if (waiting)
		*waiting = -1;
	if (error)
		return error;
	/* A clone within would be a copy of this process, handlers, threads' locks and all. */
	if (program->lists > 1)
		return -EINVAL;
	walk_list(&walk, 0, 0);
	if (waiting)
		*waiting = walk.waiting;
	return (int)walk.at;
}
