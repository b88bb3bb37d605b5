/* views.c - what still looks like the host: clocks, and cgroups. */
#define _GNU_SOURCE
#include "reference.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define NEW_TIME 0x80 /* CLONE_NEWTIME, newer than some headers */
#define TOP "/sys/fs/cgroup"

/* How far a clock of ours is from the host's already. */
static long shift_of(const char *offsets, const char *clock)
{
	const char *line = strstr(offsets, clock);
	long seconds = 0, nanoseconds = 0;

	if (line)
		sscanf(line + strlen(clock), "%ld %ld", &seconds, &nanoseconds);
	return seconds + (nanoseconds > 0);
}

/* The parent's part before the clone: both clocks are to begin anew. */
void read_clocks(char *offsets, size_t size)
{
	const char *text = read_file("/proc/self/timens_offsets");
	long monotonic = shift_of(text, "monotonic"), boottime = shift_of(text, "boottime");
	struct timespec now;

	check(clock_gettime(CLOCK_MONOTONIC, &now), "clock_gettime");
	snprintf(offsets, size, "monotonic %ld 0\nboottime %ld 0\n", monotonic - (long)now.tv_sec,
	         boottime - atol(read_file("/proc/uptime")));
}

/* A new one is for the children only: so this process joins what they would get. */
void enter_time(const char *offsets)
{
	int fd;

	check(unshare(NEW_TIME), "unshare time");
	write_file("/proc/self/timens_offsets", offsets);
	fd = check(open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC), "open time_for_children");
	check(setns(fd, NEW_TIME), "setns time");
	check(close(fd), "close");
}

static const char *place_of(const char *name)
{
	static char place[128];

	snprintf(place, sizeof place, TOP "%s%s", *name ? "/" : "", name);
	return place;
}

static void make_places(char **word)
{
	check(mount("tmpfs", TOP, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC, "mode=755,size=64k"), "mount tmpfs " TOP);
	for (; *word; word += 3)
		check(mkdir(place_of(word[0]), 0755), word[0]);
}

/* Shows the own cgroup as the top: NAME TYPE OPTIONS ..., without a name of v2 alone. */
void enter_cgroup(char **mounts)
{
	check(unshare(CLONE_NEWCGROUP), "unshare cgroup");
	if (!*mounts)
		return;
	ensure_directory("/sys/fs");
	ensure_directory(TOP);
	if (*mounts[0])
		make_places(mounts);
	for (char **word = mounts; *word; word += 3)
		check(mount("cgroup", place_of(word[0]), word[1], MS_NOSUID | MS_NODEV | MS_NOEXEC, word[2]), word[0]);
}
