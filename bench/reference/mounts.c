/* mounts.c - the calls that mount without a name: open_tree(2), move_mount(2). */
#define _GNU_SOURCE
#include "reference.h"

#include <fcntl.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Newer than some headers; from 424 on, every machine numbers calls alike. */
enum { OPEN_TREE_CALL = 428, MOVE_MOUNT_CALL = 429, OPENAT2_CALL = 437, MOUNT_SETATTR_CALL = 442 };
enum { CLONE_TREE = 1, RECURSIVE = 0x8000, IDMAP = 0x100000, FROM_EMPTY_PATH = 4, TO_EMPTY_PATH = 0x40 };
enum { NO_MAGIC_LINKS = 2, IN_ROOT = 0x10 };

struct attributes {
	uint64_t set, clear, propagation, namespace;
};

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
int clone_tree(const char *path)
{
	return check(syscall(OPEN_TREE_CALL, AT_FDCWD, path, CLONE_TREE | O_CLOEXEC | RECURSIVE), path);
}

/* And with nothing in common with the mounts that it is a copy of. */
int copy_tree(const char *path, uint64_t set)
{
	struct attributes attributes = { .set = set, .propagation = MS_PRIVATE };
	int tree = clone_tree(path);

	check(syscall(MOUNT_SETATTR_CALL, tree, "", AT_EMPTY_PATH | RECURSIVE, &attributes, sizeof attributes),
	      "mount_setattr");
	return tree;
}

void attach(int tree, const char *place)
{
	check(syscall(MOVE_MOUNT_CALL, tree, "", AT_FDCWD, place, FROM_EMPTY_PATH), place);
}

void attach_at(int tree, int place)
{
	check(syscall(MOVE_MOUNT_CALL, tree, "", place, "", FROM_EMPTY_PATH | TO_EMPTY_PATH), "move_mount");
}

int open_within_root(const char *path)
{
	struct {
		uint64_t flags, mode, resolve;
	} how = { .flags = O_PATH | O_CLOEXEC, .resolve = NO_MAGIC_LINKS | IN_ROOT };

	return check(syscall(OPENAT2_CALL, AT_FDCWD, path, &how, sizeof how), path);
}
