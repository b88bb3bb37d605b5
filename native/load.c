/* load.c - makes a packed program runnable where it lies. */
#include "load.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "calls.h"

static int steps_are_sound(struct program *program)
{
	const struct step *steps = program_steps(program);

	for (uint32_t i = 0; i < program->steps; i++) {
		if (steps[i].call >= (uint32_t)calls_count)
			return 0;
		for (int a = 0; a < MAX_ARGUMENTS; a++)
			if (steps[i].result_of[a] > i)
				return 0;
	}
	return 1;
}

int is_whole(const struct program *program)
{
	size_t rows = sizeof *program + (size_t)program->steps * sizeof(struct step);
	size_t fixups_size = (size_t)program->fixups * sizeof(uint32_t);

	return program->magic == PROGRAM_MAGIC && program->steps <= UINT8_MAX &&
	       rows + fixups_size <= program->size && program->size % sizeof(uint32_t) == 0;
}

int load(struct program *program)
{
	char *base = (char *)program;
	const uint32_t *fixups;
	size_t end;

	if (!is_whole(program))
		return -EINVAL;

	end = program->size - (size_t)program->fixups * sizeof(uint32_t);
	fixups = (const uint32_t *)(base + end);
	for (uint32_t i = 0; i < program->fixups; i++) {
		uint64_t word;

		if (fixups[i] < sizeof *program || fixups[i] + sizeof word > end)
			return -EINVAL;
		memcpy(&word, base + fixups[i], sizeof word);
		if (word > program->size)
			return -EINVAL;
		word += (uint64_t)(uintptr_t)base;
		memcpy(base + fixups[i], &word, sizeof word);
	}
	/* Last, lest a fixup spoil a row that was sound. */
	return steps_are_sound(program) ? 0 : -EINVAL;
}
