/*
 * launch.c - runs a program and prints how long it took, in nanoseconds, from
 * before it was started until it had been waited for. A program of its own,
 * because Node takes milliseconds to start a child, and not always the same.
 *
 *     launch [--hide DIRECTORY] PROGRAM [ARGUMENT...]
 *
 * The figure goes to descriptor 3. --hide puts an empty file system over a
 * directory, before the clock starts and in a mount namespace that ends with
 * this program.
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

int main(int argc, char **argv)
{
	long long start;
	int status;
	pid_t pid;

	if (argc > 2 && strcmp(argv[1], "--hide") == 0) {
		hide(argv[2]);
		argv += 2;
		argc -= 2;
	}
	if (argc < 2) {
		fprintf(stderr, "usage: launch [--hide DIRECTORY] PROGRAM [ARGUMENT...]\n");
		return 2;
	}
	check(fcntl(FIGURE, F_SETFD, FD_CLOEXEC) < 0, "fcntl");
	start = now();
	errno = posix_spawnp(&pid, argv[1], NULL, NULL, argv + 1, environ);
	check(errno != 0, argv[1]);
	check(waitpid(pid, &status, 0) < 0, "waitpid");
	dprintf(FIGURE, "%lld\n", now() - start);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
