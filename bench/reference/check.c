/* check.c - what every part needs. */
#define _GNU_SOURCE
#include "reference.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define STACK_SIZE (64 * 1024)

long check(long result, const char *call)
{
	if (result < 0) {
		perror(call);
		exit(1);
	}
	return result;
}

char *read_file(const char *path)
{
	static char text[64 * 1024];
	int fd = check(open(path, O_RDONLY | O_CLOEXEC), path);
	size_t length = 0;
	ssize_t more;

	while ((more = check(read(fd, text + length, sizeof text - 1 - length), path)) > 0)
		length += more;
	text[length] = '\0';
	check(close(fd), "close");
	return text;
}

void write_file(const char *path, const char *text)
{
	int fd = check(open(path, O_WRONLY | O_CLOEXEC), path);

	check(write(fd, text, strlen(text)), path);
	check(close(fd), "close");
}

static void write_map(pid_t pid, const char *file, const char *text)
{
	char path[64];

	snprintf(path, sizeof path, "/proc/%d/%s", pid, file);
	write_file(path, text);
}

void write_maps(const struct plan *plan, pid_t pid)
{
	if (!plan->is_root)
		write_map(pid, "setgroups", "deny");
	write_map(pid, "uid_map", plan->uid_map);
	write_map(pid, "gid_map", plan->gid_map);
}

/* The child has a copy of the memory, so one stack serves all children. */
pid_t start_child(int (*body)(void *), int flags, void *context)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));

	return check(clone(body, stack + sizeof stack, flags | SIGCHLD, context), "clone");
}

void wait_for(pid_t pid)
{
	int status;

	check(waitpid(pid, &status, 0), "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
		fprintf(stderr, "a child ended with status %#x\n", status);
		exit(1);
	}
}
