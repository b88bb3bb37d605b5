/*
 * handover.c - from a child in its parent's memory to the walker in its own.
 *
 * A child that shares or copies its parent's memory keeps that alive for as long
 * as it waits, crashes when the parent unloads this library, and lets whoever
 * may trace it read the parent's secrets. The rule of walk.c holds.
 */
#include "handover.h"

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <string.h>

#include "raw.h"
#include "young.h"

#ifndef F_ADD_SEALS
#define F_ADD_SEALS 1033
#define F_SEAL_SEAL 1
#define F_SEAL_SHRINK 2
#define F_SEAL_GROW 4
#define F_SEAL_WRITE 8
#endif

static void set_close_on_exec(const struct own *own, unsigned long flag)
{
	for (uint32_t i = 0; i < own->count; i++)
		if (own->fds[i] >= 0 && i != OWN_WALKER && i != OWN_TAKEN)
			RAW(SYS_fcntl, (unsigned long)own->fds[i], F_SETFD, flag);
}

static char *number_text(char *end, unsigned int number)
{
	*--end = '\0';
	do
		*--end = (char)('0' + number % 10);
	while (number /= 10);
	return end;
}

/* Appends to the file of the block: its offset is at the end. */
static long append(int fd, const void *bytes, size_t size)
{
	long written = RAW(SYS_write, (unsigned long)fd, (unsigned long)bytes, size);

	if (written < 0)
		return written;
	return (size_t)written == size ? 0 : -ENOSPC;
}

/*
 * The descriptors that the rest of the list uses stay open. Those that would be
 * closed on exec are written down, for the walker to mark them again.
 */
static long keep_descriptors(const struct walk *walk, const struct step *step, int block, uint32_t *count)
{
	long result = 0;

	*count = 0;
	for (uint32_t at = 0; at + sizeof(int32_t) <= step->answer_size && result == 0; at += sizeof(int32_t)) {
		int32_t fd;

		memcpy(&fd, (const char *)walk->program + step->answer + at, sizeof fd);
		if (fd < 0 || !(RAW(SYS_fcntl, (unsigned long)fd, F_GETFD) & FD_CLOEXEC))
			continue;
		RAW(SYS_fcntl, (unsigned long)fd, F_SETFD, 0);
		result = append(block, &fd, sizeof fd);
		++*count;
	}
	return result;
}

long hand_over(const struct walk *walk)
{
	const struct own *own = walk->own;
	const struct step *step = &program_steps(walk->program)[walk->at];
	struct handover state = { walk->list, walk->at, walk->mortal, 0, 0 };
	char text[16];
	/* The last word, which only the kernel reads, says whose it is. */
	const char *argv[] = { "walker", NULL, (const char *)step->argument[5], NULL };
	const char *environment[] = { NULL };
	long result;
	int block;

	if (!own || own->fds[OWN_WALKER] < 0)
		return -ENOSYS;
	block = own->fds[OWN_BLOCK];
	state.own_count = own->count;
	/* How many are kept is known afterwards. */
	result = append(block, &state, sizeof state);
	if (result == 0)
		result = append(block, own->fds, own->count * sizeof(int));
	if (result == 0)
		result = keep_descriptors(walk, step, block, &state.kept_count);
	if (result == 0)
		result = RAW(SYS_pwrite64, (unsigned long)block, (unsigned long)&state, sizeof state,
		             walk->program->size);
	if (result >= 0)
		result = RAW(SYS_fcntl, (unsigned long)block, F_ADD_SEALS,
		             F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE);
	if (result < 0)
		return result;
	argv[1] = number_text(text + sizeof text, (unsigned int)block);
	set_close_on_exec(own, 0);
	result = RAW(SYS_execveat, (unsigned long)own->fds[OWN_WALKER], (unsigned long)"",
	             (unsigned long)argv, (unsigned long)environment, AT_EMPTY_PATH);
	set_close_on_exec(own, FD_CLOEXEC);
	return result;
}
