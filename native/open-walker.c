/* open-walker.c - the walker's program, safe from whoever can open /proc/PID/exe of a process that runs it. */
#include "lab.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#include "own.h"
#include "young.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10u /* Linux 6.3 */
#endif

/* Room for the copy; an older kernel does not know the flag, and takes every copy for executable. */
static int make_copy(void)
{
	int fd = memfd_create("walker", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);

	if (fd < 0 && errno == EINVAL)
		fd = memfd_create("walker", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	return fd;
}

static int copy_and_seal(int from)
{
	int copy = make_copy();
	struct stat file;

	if (copy < 0)
		return -1;
	if (fstat(from, &file) < 0 || sendfile(copy, from, NULL, (size_t)file.st_size) != file.st_size ||
	    fcntl(copy, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) < 0) {
		close(copy);
		return -1;
	}
	return copy;
}

/*
 * The file by a mount that is read-only and hangs nowhere: through /proc/PID/exe
 * it cannot be opened for writing. Where this user may not mount, the file as it is.
 */
static int reopen_read_only(const char *path)
{
	struct { uint64_t set, clear, propagation, userns; } read_only = { 1 /* MOUNT_ATTR_RDONLY */, 0, 0, 0 };
	int mount = (int)syscall(SYS_open_tree, AT_FDCWD, path, 1u /* OPEN_TREE_CLONE */ | O_CLOEXEC);

	if (mount >= 0 &&
	    syscall(SYS_mount_setattr, mount, "", AT_EMPTY_PATH, &read_only, sizeof read_only) == 0)
		return mount;
	if (mount >= 0)
		close(mount);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int lab_open_walker(const char *path)
{
	int file = open(path, O_RDONLY | O_CLOEXEC);
	int walker;

	if (file < 0)
		return -errno;
	walker = copy_and_seal(file);
	close(file);
	if (walker < 0)
		walker = reopen_read_only(path);
	return walker < 0 ? -errno : out_of_reach(walker);
}
