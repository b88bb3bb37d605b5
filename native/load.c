/* load.c - makes a packed program runnable where it lies. */
#include "load.h"

#include <errno.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>

#include "calls.h"

/* What a clone within a list may ask for: namespaces, and to be a sibling. */
#define CLONE_ALLOWED                                                                     \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER |     \
	 CLONE_NEWPID | CLONE_NEWNET | CLONE_PARENT)

static uint64_t size_of_rows(const struct program *program)
{
	return sizeof *program + (uint64_t)program->lists * sizeof(struct list) +
	       (uint64_t)program->steps * sizeof(struct step);
}

/* Whether so many bytes from an offset are among the data, which nobody checks. */
static int is_data(const struct program *program, uint64_t offset, uint64_t size)
{
	return offset >= size_of_rows(program) && offset + size <= program_patches_at(program);
}

/* The lists lie one behind the other, so each row is in one of them. */
static int lists_are_sound(struct program *program)
{
	const struct list *lists = program_lists(program);
	uint32_t first = 0;

	for (uint32_t l = 0; l < program->lists; l++) {
		if (lists[l].first != first || lists[l].below >= program->lists - l)
			return 0;
		first += lists[l].count;
	}
	return first == program->steps;
}

static int patches_are_sound(struct program *program, const struct step *step, uint32_t index)
{
	const struct patch *patches = program_patches(program);

	if (step->patch > program->patches || step->patches > program->patches - step->patch)
		return 0;
	for (uint32_t p = step->patch; p < step->patch + (uint32_t)step->patches; p++)
		if (patches[p].result_of == 0 || patches[p].result_of > index ||
		    !is_data(program, patches[p].at, sizeof(int32_t)))
			return 0;
	return 1;
}

/* A list lies behind the one row that clones for it, so nobody walks in a circle, and no two make the same. */
static int clone_is_sound(struct program *program, const struct step *step, uint32_t index)
{
	const struct list *list = &program_lists(program)[step->list];

	return step->list < program->lists && list->first > index && list->cloned_by == index &&
	       step->result_of[0] == 0 && (step->argument[0] & ~(uint64_t)CLONE_ALLOWED) == 0;
}

static int steps_are_sound(struct program *program)
{
	const struct step *steps = program_steps(program);

	for (uint32_t i = 0; i < program->steps; i++) {
		const struct step *step = &steps[i];

		if (step->call >= (uint32_t)calls_count || step->waits > MAX_ARGUMENTS)
			return 0;
		for (int a = 0; a < MAX_ARGUMENTS; a++)
			if (step->result_of[a] > i)
				return 0;
		if (step->list != 0 && !clone_is_sound(program, step, i))
			return 0;
		if (step->answer_size != 0 && !is_data(program, step->answer, step->answer_size))
			return 0;
		if (step->verdict != 0 && !is_data(program, step->verdict, sizeof(int32_t)))
			return 0;
		if (!patches_are_sound(program, step, i))
			return 0;
	}
	return 1;
}

int is_whole(const struct program *program)
{
	uint64_t tail = (uint64_t)program->patches * sizeof(struct patch) +
	                (uint64_t)program->fixups * sizeof(uint32_t);

	return program->magic == PROGRAM_MAGIC && program->steps <= UINT16_MAX &&
	       program->lists >= 1 && program->lists <= UINT16_MAX &&
	       size_of_rows(program) + tail <= program->size &&
	       program->size % sizeof(uint32_t) == 0;
}

int load(struct program *program)
{
	char *base = (char *)program;
	uint32_t end = program_patches_at(program);
	const uint32_t *fixups;

	if (!is_whole(program) || !lists_are_sound(program))
		return -EINVAL;

	fixups = (const uint32_t *)(base + program_fixups_at(program));
	for (uint32_t i = 0; i < program->fixups; i++) {
		uint64_t word;

		if ((char *)program_steps(program) - base > (ptrdiff_t)fixups[i] ||
		    fixups[i] + (uint64_t)sizeof word > end)
			return -EINVAL;
		memcpy(&word, base + fixups[i], sizeof word);
		if (word > program->size)
			return -EINVAL;
		word += (uint64_t)(uintptr_t)base;
		memcpy(base + fixups[i], &word, sizeof word);
	}
	/* After the fixups: one could overwrite a row. */
	return steps_are_sound(program) ? 0 : -EINVAL;
}
