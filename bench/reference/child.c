/* child.c - the container's side, from clone(2) to execve(2). */
#define _GNU_SOURCE
#include "reference.h"

#include <grp.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#define HOST_NAME "container"

static void wait_at_checkpoint(const struct container *container)
{
	char byte;

	check(close(container->write_end), "close");
	if (check(read(container->read_end, &byte, 1), "read") != 1)
		_exit(1);
}

static void become_root(const struct plan *plan)
{
	if (plan->is_root)
		check(setgroups(0, NULL), "setgroups");
	check(setresgid(0, 0, 0), "setresgid");
	check(setresuid(0, 0, 0), "setresuid");
}

int child(void *context)
{
	const struct container *container = context;
	char *argv[] = { "/bin/true", NULL };
	int step = container->plan->step;

	if (step == 0)
		check(write(1, "World\n", 6), "write");
	if (step >= 13)
		enter_time(container->clocks);
	if (step >= 2)
		wait_at_checkpoint(container);
	if (step >= 5)
		become_root(container->plan);
	if (step >= 1)
		check(sethostname(HOST_NAME, strlen(HOST_NAME)), "sethostname");
	if (step >= 4)
		check(mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount");
	if (step >= 4 && step <= 7)
		check(mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL), "mount");
	if (step >= 6)
		set_up("lo", NULL, NULL);
	if (container->veth.name[0])
		set_up("eth0", container->veth.inside, VETH_NETMASK);
	if (container->place.port[0])
		set_up_place(&container->place);
	if (step >= 8)
		enter_image(container);
	if (container->place.port[0])
		attach_hosts(&container->place);
	if (step >= 13)
		enter_cgroup(group_mounts(container->plan));
	if (step >= 12) {
		hide_paths();
		give_up_rights();
	}
	check(execve(argv[0], argv, environ), "execve");
	return 1;
}
