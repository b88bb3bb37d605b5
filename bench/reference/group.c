/*
 * group.c - the cgroup. Where it goes and what is written is for the caller to
 * say, because it depends on the machine:
 *
 *     mkdir DIR, write FILE TEXT ... end read FILE, rmdir DIR, write FILE TEXT ...
 *
 * A counter that the kernel does not have is left out, as the kit does.
 */
#include "reference.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAUSE_US 1000
#define TRIES 2000

static void read_counter(const char *path)
{
	char text[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT)
		return;
	check(fd, path);
	check(read(fd, text, sizeof text), path);
	check(close(fd), "close");
}

/* A process that has just ended can still be in. */
static void remove_directory(const char *path)
{
	for (int tries = 0; tries < TRIES; tries++) {
		if (rmdir(path) == 0)
			return;
		if (errno != EBUSY)
			break;
		usleep(PAUSE_US);
	}
	check(-1, path);
}

/* Does the words up to "end" or the last, and gives the place where it stopped. */
static char **perform(char **word)
{
	while (*word && strcmp(*word, "end") != 0) {
		if (strcmp(word[0], "mkdir") == 0)
			check(mkdir(word[1], 0755), word[1]);
		else if (strcmp(word[0], "rmdir") == 0)
			remove_directory(word[1]);
		else if (strcmp(word[0], "read") == 0)
			read_counter(word[1]);
		else
			write_file(word[1], word[2]);
		word += strcmp(word[0], "write") == 0 ? 3 : 2;
	}
	return word;
}

void make_group(const struct plan *plan)
{
	perform(plan->group);
}

void join_group(const struct plan *plan, pid_t pid)
{
	char path[4096], number[16];

	snprintf(number, sizeof number, "%d", pid);
	for (char **word = plan->group; *word; word++) {
		if (strcmp(word[0], "mkdir") != 0)
			continue;
		snprintf(path, sizeof path, "%s/cgroup.procs", word[1]);
		write_file(path, number);
	}
}

void end_group(const struct plan *plan)
{
	char **word = plan->group;

	while (*word && strcmp(*word, "end") != 0)
		word++;
	if (*word)
		perform(word + 1);
}
