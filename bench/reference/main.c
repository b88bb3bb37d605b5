/*
 * main.c - makes COUNT containers of a step, one after the other, and prints
 * how long each took, in nanoseconds, from the first call to the last of the
 * clean-up:
 *
 *     reference STEP COUNT OWNER UID_MAP GID_MAP IMAGE NFT FILTER [GROUP...]
 *
 * Standard output is for the step: the figures go to descriptor 3.
 */
#define _GNU_SOURCE
#include "reference.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define FIGURES 3

static int64_t now(void)
{
	struct timespec time;

	check(clock_gettime(CLOCK_MONOTONIC, &time), "clock_gettime");
	return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

static int namespaces(int step)
{
	static const int added[] = { 0, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID, CLONE_NEWNS, CLONE_NEWUSER, CLONE_NEWNET };
	int flags = 0;

	for (int i = 0; i <= step && i < (int)(sizeof added / sizeof *added); i++)
		flags |= added[i];
	return flags;
}

static void open_checkpoint(struct container *container)
{
	int ends[2];

	check(pipe2(ends, O_CLOEXEC), "pipe2");
	container->read_end = ends[0];
	container->write_end = ends[1];
}

static void release(const struct container *container)
{
	check(close(container->read_end), "close");
	check(write(container->write_end, ".", 1), "write");
	check(close(container->write_end), "close");
}

static pid_t clone_container(struct container *container)
{
	int home = -1;
	pid_t pid;

	if (container->plan->step >= 8) {
		home = check(open(".", O_PATH | O_DIRECTORY | O_CLOEXEC), "open .");
		check(fchdir(container->plan->step >= 10 ? container->stage : container->directory), "fchdir");
	}
	pid = start_child(child, namespaces(container->plan->step), container);
	if (home >= 0) {
		check(fchdir(home), "fchdir");
		check(close(home), "close");
	}
	return pid;
}

static void run(const struct plan *plan)
{
	struct container container = { .plan = plan };
	int step = plan->step, has_veth = step >= 6 && step <= 10 && plan->is_root;
	int is_on_bridge = step >= 11 && plan->is_root;
	pid_t pid;

	if (step == 0)
		check(write(1, "Hello\n", 6), "write");
	if (step >= 2)
		open_checkpoint(&container);
	if (step >= 8)
		open_image(&container);
	if (has_veth)
		choose_veth(&container.veth);
	if (step >= 10)
		make_layers(&container);
	make_group(plan);
	if (is_on_bridge)
		join_network(&container.place, plan->owner);
	if (step >= 12)
		read_rights(plan->filter);
	if (step >= 13)
		read_clocks(container.clocks, sizeof container.clocks);
	pid = clone_container(&container);
	if (step >= 5)
		write_maps(plan, pid);
	if (has_veth)
		make_veth(&container.veth, plan->owner, pid);
	if (is_on_bridge) {
		make_port(&container.place, plan->owner, pid);
		set_rules(plan, container.place.address);
	}
	join_group(plan, pid);
	if (step >= 2)
		release(&container);
	wait_for(pid);
	if (is_on_bridge) {
		delete_rules(plan);
		leave_network(&container.place);
	}
	end_group(plan);
	if (step >= 10)
		remove_layers(&container);
	if (has_veth)
		free_veth(&container.veth);
	if (step >= 8)
		close_image(&container);
}

int main(int argc, char **argv)
{
	if (argc < 9) {
		fprintf(stderr, "usage: reference STEP COUNT OWNER UID_MAP GID_MAP IMAGE NFT FILTER [GROUP...]\n");
		return 2;
	}
	struct plan plan = {
		.step = atoi(argv[1]), .owner = argv[3], .uid_map = argv[4], .gid_map = argv[5],
		.image = argv[6], .nft = argv[7],
		.filter = argv[8], .group = argv + 9, .is_root = geteuid() == 0,
	};

	check(fcntl(FIGURES, F_SETFD, FD_CLOEXEC), "fcntl");
	if (plan.is_root)
		check(unshare(CLONE_NEWNET), "unshare"); /* Bridge, rules and ip_forward are not to be this machine's. */
	for (int left = atoi(argv[2]); left > 0; left--) {
		int64_t start = now();

		run(&plan);
		dprintf(FIGURES, "%lld\n", (long long)(now() - start));
	}
	return 0;
}
