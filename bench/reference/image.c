/* image.c - a root file system of its own. */
#define _GNU_SOURCE
#include "reference.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static int hold_namespace(void *context)
{
	const pid_t *parent = context;

	check(prctl(PR_SET_PDEATHSIG, SIGKILL), "prctl");
	if (getppid() == *parent)
		pause();
	return 0;
}

/* A user namespace with the container's maps, which does not exist yet. */
static int open_namespace(const struct plan *plan)
{
	char path[64];
	pid_t self = getpid();
	pid_t holder = start_child(hold_namespace, CLONE_NEWUSER, &self);
	int fd;

	write_maps(plan, holder);
	snprintf(path, sizeof path, "/proc/%d/ns/user", holder);
	fd = check(open(path, O_RDONLY | O_CLOEXEC), path);
	check(kill(holder, SIGKILL), "kill");
	check(waitpid(holder, NULL, 0), "waitpid");
	return fd;
}

void open_image(struct container *container)
{
	const struct plan *plan = container->plan;
	struct stat status;

	container->mapped = -1;
	container->directory = check(open(plan->image, O_PATH | O_DIRECTORY | O_CLOEXEC), plan->image);
	check(stat(plan->image, &status), "stat");
	if (status.st_uid != 0 || !plan->is_root)
		return;
	container->namespace = open_namespace(plan);
	container->mapped = map_directory(plan->image, container->namespace, &container->source);
}

void close_image(const struct container *container)
{
	if (container->mapped >= 0) {
		check(close(container->mapped), "close");
		check(close(container->source), "close");
		check(close(container->namespace), "close");
	}
	check(close(container->directory), "close");
}

void ensure_directory(const char *path)
{
	if (mkdir(path, 0755) < 0 && errno != EEXIST)
		check(-1, path);
}

static void bind_device(const char *name)
{
	char device[32], target[32];

	snprintf(device, sizeof device, "/dev/%s", name);
	snprintf(target, sizeof target, "dev/%s", name);
	check(close(check(open(target, O_WRONLY | O_CREAT | O_CLOEXEC, 0666), target)), "close");
	check(mount(device, target, NULL, MS_BIND, NULL), target);
}

void enter_image(const struct container *container)
{
	static const char *devices[] = { "null", "zero", "full", "random", "urandom", "tty" };

	int tree = container->mapped, pivots = container->plan->step >= 9, overlays = container->plan->step >= 10;

	if (overlays)
		mount_overlay(container);
	if (tree < 0 && pivots && !overlays)
		tree = clone_tree(".");
	if (tree >= 0 && !overlays) {
		attach_at(tree, AT_FDCWD);
		check(fchdir(tree), "fchdir");
	}
	ensure_directory("proc");
	check(mount("proc", "proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "mount proc");
	ensure_directory("dev");
	check(mount("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_NOEXEC, "mode=755,size=64k"), "mount dev");
	for (size_t i = 0; i < sizeof devices / sizeof *devices; i++)
		bind_device(devices[i]);
	check(mkdir("dev/pts", 0755), "mkdir dev/pts");
	check(mount("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC, "newinstance,ptmxmode=0666,mode=0620"),
	      "mount dev/pts");
	check(symlink("pts/ptmx", "dev/ptmx"), "symlink");
	check(symlink("/proc/self/fd", "dev/fd"), "symlink");
	check(symlink("/proc/self/fd/0", "dev/stdin"), "symlink");
	check(symlink("/proc/self/fd/1", "dev/stdout"), "symlink");
	check(symlink("/proc/self/fd/2", "dev/stderr"), "symlink");
	if (container->plan->step >= 12)
		mount_sys();
	if (pivots) {
		check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
		check(umount2(".", MNT_DETACH), "umount2");
		return;
	}
	check(chroot("."), "chroot");
	check(chdir("/"), "chdir");
}
