/*
 * own.c - the executor's own descriptors, out of the list's reach.
 *
 * A list may close or replace any number that it likes. When it is one of ours,
 * ours moves away first, as in musl's posix_spawn. The rule of walk.c holds.
 */
#include "own.h"

#include <errno.h>
#include <fcntl.h>

#include "raw.h"
#include "young.h"

/* Below the usual limit of 1024, and above what a list has reason to choose. */
#define FAR_AWAY 900

int out_of_reach(int fd)
{
	long moved = RAW(SYS_fcntl, (unsigned long)fd, F_DUPFD_CLOEXEC, FAR_AWAY);

	if (moved < 0)
		moved = RAW(SYS_fcntl, (unsigned long)fd, F_DUPFD_CLOEXEC, 3);
	if (moved >= 0)
		RAW(SYS_close, (unsigned long)fd);
	return moved < 0 ? fd : (int)moved;
}

void move_out_of_reach(const struct own *own)
{
	for (uint32_t i = OWN_BLOCK; i < own->count; i++)
		if (own->fds[i] >= 0)
			own->fds[i] = out_of_reach(own->fds[i]);
}

void close_channels(const struct own *own, uint32_t from, uint32_t to)
{
	for (uint32_t i = OWN_CHANNELS + from; i < OWN_CHANNELS + to && i < own->count; i++)
		if (own->fds[i] >= 0) {
			RAW(SYS_close, (unsigned long)own->fds[i]);
			own->fds[i] = -1;
		}
}

static void make_way(const struct own *own, unsigned long fd)
{
	for (uint32_t i = 0; i < own->count; i++)
		if (own->fds[i] >= 0 && (unsigned long)own->fds[i] == fd)
			own->fds[i] = out_of_reach(own->fds[i]);
}

/* The lowest of ours from one number to another, or a number above all. */
static unsigned long lowest_of_ours(const struct own *own, unsigned long first, unsigned long last)
{
	unsigned long lowest = last + 1;

	for (uint32_t i = 0; i < own->count; i++)
		if (own->fds[i] >= 0 && (unsigned long)own->fds[i] >= first &&
		    (unsigned long)own->fds[i] < lowest)
			lowest = (unsigned long)own->fds[i];
	return lowest;
}

static long close_between_ours(const struct own *own, unsigned long first, unsigned long last,
                               unsigned long flags)
{
	for (;;) {
		unsigned long ours = lowest_of_ours(own, first, last);
		long result = 0;

		if (ours > last)
			return RAW(SYS_close_range, first, last, flags);
		if (ours > first)
			result = RAW(SYS_close_range, first, ours - 1, flags);
		if (result < 0 || ours == last)
			return result;
		first = ours + 1;
	}
}

long call_around(const struct own *own, long number, const unsigned long arguments[6])
{
	/* The kernel takes descriptors as unsigned int. */
	unsigned long first = (unsigned int)arguments[0], last = (unsigned int)arguments[1];

	if (number == SYS_close)
		make_way(own, first);
	if (number == SYS_dup3)
		make_way(own, last);
	if (number == SYS_close_range && first <= last && !(arguments[2] & CLOSE_RANGE_CLOEXEC))
		return close_between_ours(own, first, last, arguments[2]);
	return raw_call(number, arguments);
}
