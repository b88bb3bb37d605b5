/* results.c - what a child has come to, as far as it has come. */
#include "child.h"

int lab_failure(const struct child *child, int32_t *index_and_outcome)
{
	const failure_word word = __atomic_load_n(&child->shared->failure, __ATOMIC_RELAXED);
	const uint64_t index = ((word & ~FAILURE_BY_VERDICT) >> 32) - 1;

	if (word == 0 || index >= child->steps)
		return 0;
	index_and_outcome[0] = (int32_t)index;
	index_and_outcome[1] = (int32_t)word;
	return word & FAILURE_BY_VERDICT ? 2 : 1;
}

int64_t lab_result(const struct child *child, uint32_t index)
{
	return index < child->steps ? child->shared->results[index] : NOT_YET;
}
