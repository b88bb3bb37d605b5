/*
 * life.c - a process that dies with its parent. The rule of walk.c holds.
 *
 * The parent-death signal is not inherited by a child, and a change of user id
 * clears it (prctl(2), PR_SET_PDEATHSIG): so each process of a list asks for it
 * at its beginning, and again before execve.
 */
#include "life.h"

#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>

#include "raw.h"

#define KERNEL_SIGSET_SIZE 8

void die_with_parent(int parent)
{
	struct pollfd end = { .fd = parent, .events = POLLIN };
	struct timespec at_once = { 0, 0 };

	RAW(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	RAW(SYS_ppoll, (unsigned long)&end, 1, (unsigned long)&at_once, 0, KERNEL_SIGSET_SIZE);
	if (parent >= 0 && (end.revents & POLLIN))
		RAW(SYS_exit_group, 1);
}
