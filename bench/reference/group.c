/*
 * group.c - the cgroup. Where it goes and what is written is for the caller to
 * say, because it depends on the machine:
 *
 *     mkdir DIR, write FILE TEXT, chown PATH UID GID, devices DIR PROGRAM ...
 *     end
 *     read FILE, rmdir DIR, write FILE TEXT ...
 *     end
 *     NAME TYPE OPTIONS ..., which views.c mounts
 *
 * A counter that the kernel does not have is left out, as the kit does.
 */
#define _GNU_SOURCE
#include "reference.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Writes a text, and those that follow for the same file. Gives the place after them. */
static char **write_texts(char **word)
{
	const char *path = word[1];
	int fd = check(open(path, O_WRONLY | O_CLOEXEC), path);

	for (; *word && strcmp(word[0], "write") == 0 && strcmp(word[1], path) == 0; word += 3)
		check(write(fd, word[2], strlen(word[2])), path);
	check(close(fd), "close");
	return word;
}

/* Does what a word says, and gives the place after it. */
static char **perform_one(char **word)
{
	if (strcmp(word[0], "write") == 0)
		return write_texts(word);
	if (strcmp(word[0], "chown") == 0) {
		check(fchownat(AT_FDCWD, word[1], atoi(word[2]), atoi(word[3]), AT_SYMLINK_NOFOLLOW), word[1]);
		return word + 4;
	}
	if (strcmp(word[0], "devices") == 0) {
		limit_devices(word[1], word[2]);
		return word + 3;
	}
	if (strcmp(word[0], "mkdir") == 0)
		check(mkdir(word[1], 0755), word[1]);
	else if (strcmp(word[0], "rmdir") == 0)
		remove_directory(word[1]);
	else
		read_counter(word[1]);
	return word + 2;
}

/* Does the words up to "end" or the last. */
static void perform(char **word)
{
	while (*word && strcmp(*word, "end") != 0)
		word = perform_one(word);
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

static char **after_end(char **word)
{
	while (*word && strcmp(*word, "end") != 0)
		word++;
	return *word ? word + 1 : word;
}

void end_group(const struct plan *plan)
{
	perform(after_end(plan->group));
}

char **group_mounts(const struct plan *plan)
{
	return after_end(after_end(plan->group));
}
