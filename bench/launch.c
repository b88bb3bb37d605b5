/*
 * launch.c - runs a program and prints how long it took, in nanoseconds, from
 * before it was started until it had been waited for. A program of its own,
 * because Node takes milliseconds to start a child, and not always the same.
 *
 *     launch [--hide DIRECTORY] [--input FILE] [--own-network] PROGRAM [ARGUMENT...]
 *
 * The figure goes to descriptor 3. All that is asked for is done before the clock
 * starts. --hide puts an empty file system over a directory, in a mount namespace
 * that ends with this program; --input opens a file as descriptor 4; with
 * --own-network the program has a network namespace that nobody else is in.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define FIGURE 3
#define INPUT 4

static void check(int failed, const char *what)
{
	if (failed) {
		perror(what);
		exit(126);
	}
}

static long long now(void)
{
	struct timespec time;

	check(clock_gettime(CLOCK_MONOTONIC, &time) < 0, "clock_gettime");
	return time.tv_sec * 1000000000LL + time.tv_nsec;
}

static void hide(const char *directory)
{
	check(unshare(CLONE_NEWNS) < 0, "unshare");
	check(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0, "mount --make-rprivate /");
	check(mount("tmpfs", directory, "tmpfs", 0, "size=64k") < 0, directory);
}

static void open_input(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	check(fd < 0, path);
	if (fd == INPUT)
		check(fcntl(fd, F_SETFD, 0) < 0, "fcntl");
	else
		check(dup2(fd, INPUT) < 0, "dup2");
}

/* Does what is asked for, and gives the place of the program. */
static char **prepare(char **word)
{
	for (; *word && strncmp(*word, "--", 2) == 0; word++) {
		if (strcmp(*word, "--own-network") == 0)
			check(unshare(CLONE_NEWNET) < 0, "unshare");
		else if (strcmp(*word, "--hide") == 0 && word[1])
			hide(*++word);
		else if (strcmp(*word, "--input") == 0 && word[1])
			open_input(*++word);
	}
	return word;
}

int main(int argc, char **argv)
{
	char **program = prepare(argv + (argc > 0));
	long long start;
	int status;
	pid_t pid;

	if (!*program) {
		fprintf(stderr, "usage: launch [--hide DIRECTORY] [--input FILE] [--own-network] PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	check(fcntl(FIGURE, F_SETFD, FD_CLOEXEC) < 0, "fcntl");
	start = now();
	errno = posix_spawnp(&pid, *program, NULL, NULL, program, environ);
	check(errno != 0, *program);
	check(waitpid(pid, &status, 0) < 0, "waitpid");
	dprintf(FIGURE, "%lld\n", now() - start);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
