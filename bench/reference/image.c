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

/* Newer than some headers; from 424 on, every machine numbers calls alike. */
enum { OPEN_TREE_CALL = 428, MOVE_MOUNT_CALL = 429, MOUNT_SETATTR_CALL = 442 };
enum { CLONE_TREE = 1, RECURSIVE = 0x8000, IDMAP = 0x100000, FROM_EMPTY_PATH = 4, TO_EMPTY_PATH = 0x40 };

struct attributes {
	uint64_t set, clear, propagation, namespace;
};

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

/* An unattached mount of a directory, through the maps of a user namespace. */
int map_directory(const char *path, int namespace, int *source)
{
	struct attributes attributes = { .set = IDMAP, .propagation = MS_PRIVATE, .namespace = namespace };
	int tree;

	*source = check(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path);
	tree = check(syscall(OPEN_TREE_CALL, *source, "", CLONE_TREE | O_CLOEXEC | AT_EMPTY_PATH), "open_tree");
	check(syscall(MOUNT_SETATTR_CALL, tree, "", AT_EMPTY_PATH, &attributes, sizeof attributes), "mount_setattr");
	return tree;
}

/* The same without maps, and with what is mounted below. */
int copy_tree(const char *path)
{
	struct attributes attributes = { .propagation = MS_PRIVATE };
	int tree = check(syscall(OPEN_TREE_CALL, AT_FDCWD, path, CLONE_TREE | O_CLOEXEC | RECURSIVE), path);

	check(syscall(MOUNT_SETATTR_CALL, tree, "", AT_EMPTY_PATH | RECURSIVE, &attributes, sizeof attributes),
	      "mount_setattr");
	return tree;
}

void attach(int tree, const char *place)
{
	check(syscall(MOVE_MOUNT_CALL, tree, "", AT_FDCWD, place, FROM_EMPTY_PATH), place);
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

static void ensure_directory(const char *path)
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
		tree = check(syscall(OPEN_TREE_CALL, AT_FDCWD, ".", CLONE_TREE | O_CLOEXEC | RECURSIVE), "open_tree");
	if (tree >= 0 && !overlays) {
		check(syscall(MOVE_MOUNT_CALL, tree, "", AT_FDCWD, "", FROM_EMPTY_PATH | TO_EMPTY_PATH), "move_mount");
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
	if (pivots) {
		check(syscall(SYS_pivot_root, ".", "."), "pivot_root");
		check(umount2(".", MNT_DETACH), "umount2");
		return;
	}
	check(chroot("."), "chroot");
	check(chdir("/"), "chdir");
}
