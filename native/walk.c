/*
 * walk.c - makes the calls of a program, one after the other.
 *
 * This runs in the cloned child as well as in the parent. The child shares its
 * parent's memory, so the rule for everything below is: raw system calls and
 * the memory handed in, nothing else - no malloc, no stdio, no errno, no locks.
 */
#include "walk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#include "calls.h"
#include "handover.h"
#include "life.h"
#include "raw.h"
#include "young.h"

#define KERNEL_SIGSET_SIZE 8

static int *channel_of(const struct walk *walk, uint32_t list)
{
	return walk->own ? &walk->own->fds[OWN_CHANNELS + list] : NULL;
}

/*
 * A socket, and not a pipe: when its reader has gone, a write to it would raise
 * SIGPIPE. A watcher that has gone is no reason to stop; see wait_at_gate().
 */
static int send_all(int channel, const void *bytes, size_t size)
{
	const char *rest = bytes;

	while (size > 0) {
		long sent = RAW(SYS_sendto, (unsigned long)channel, (unsigned long)rest, size, MSG_NOSIGNAL);

		if (sent <= 0)
			return 0;
		rest += sent;
		size -= (size_t)sent;
	}
	return 1;
}

/* Returns whether it was told. */
static int tell(const struct walk *walk, uint32_t list, const struct event *what, const void *answer)
{
	const int *channel = channel_of(walk, list);
	struct event event = *what;
	struct timespec now = { 0, 0 };

	if (!channel || *channel < 0)
		return 0;
	RAW(SYS_clock_gettime, CLOCK_MONOTONIC, (unsigned long)&now);
	event.nanoseconds = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	return send_all(*channel, &event, sizeof event) && send_all(*channel, answer, event.size);
}

static int tell_kind(const struct walk *walk, uint32_t list, uint32_t index, enum event_kind kind)
{
	const struct event event = { .kind = kind, .index = index };

	return tell(walk, list, &event, NULL);
}

void tell_finished(const struct walk *walk, uint32_t list, uint32_t index, int64_t result)
{
	const struct step *step = &program_steps(walk->program)[index];
	const uint32_t size = step->answer_size <= MAX_ANSWER && !step->hands_over ? step->answer_size : 0;
	const struct event event = {
		.kind = EVENT_FINISHED, .index = index, .result = result, .size = size,
	};

	tell(walk, list, &event, (const char *)walk->program + step->answer);
}

/*
 * The watcher is gone when read() brings nothing. Then the run is over, unless
 * this process has a life of its own, and goes on unwatched. A seccomp filter
 * may refuse the read: then nobody can wait here.
 */
static void wait_at_gate(const struct walk *walk, uint32_t list)
{
	char byte;
	long result = RAW(SYS_read, (unsigned long)*channel_of(walk, list), (unsigned long)&byte, 1);

	if (result != 0 && result != -ECONNRESET)
		return;
	if (walk->mortal)
		RAW(SYS_exit_group, 1);
	close_channels(walk->own, list, list + 1);
}

/* What a call came to: its result, unless its answer holds an error. */
static int64_t outcome_of(const struct walk *walk, const struct step *step, int64_t result)
{
	int32_t verdict = 0;

	if (step->verdict != 0 && result >= step->least)
		memcpy(&verdict, (const char *)walk->program + step->verdict, sizeof verdict);
	return verdict < 0 ? verdict : result;
}

static int failed(const struct step *step, int64_t outcome)
{
	return outcome < step->least && (step->tolerated == 0 || outcome != -step->tolerated);
}

static void note_failure(const struct walk *walk, uint32_t index, int64_t outcome, int by_verdict)
{
	const failure_word word = (failure_word)(index + 1) << 32 | (uint32_t)outcome;

	if (walk->failure && __atomic_load_n(walk->failure, __ATOMIC_RELAXED) == 0)
		__atomic_store_n(walk->failure, by_verdict ? word | FAILURE_BY_VERDICT : word, __ATOMIC_RELAXED);
}

static void fill_in(const struct walk *walk, const struct step *step, unsigned long arguments[MAX_ARGUMENTS])
{
	const struct patch *patch = program_patches(walk->program) + step->patch;

	for (int i = 0; i < MAX_ARGUMENTS; i++)
		arguments[i] = step->result_of[i] ? (unsigned long)walk->results[step->result_of[i] - 1]
		                                  : step->argument[i];
	for (uint32_t i = 0; i < step->patches; i++) {
		int32_t result = (int32_t)walk->results[patch[i].result_of - 1];

		memcpy((char *)walk->program + patch[i].at, &result, sizeof result);
	}
}

/* A setting of a cgroup can come back with EINTR although no signal is handled here. */
static long make_call(const struct walk *walk, long number, const unsigned long arguments[MAX_ARGUMENTS])
{
	long result;

	do
		result = walk->own ? call_around(walk->own, number, arguments) : raw_call(number, arguments);
	while (result == -EINTR && number == SYS_write);
	return result;
}

/* A new process dies with the one that has cloned it, which may be gone before it has asked for that. */
static void die_with_cloner(const struct walk *walk, int cloner)
{
	const int *parent = &walk->own->fds[OWN_PARENT];

	if (cloner >= 0 && *parent >= 0)
		RAW(SYS_dup3, (unsigned long)cloner, (unsigned long)*parent, O_CLOEXEC);
	if (cloner >= 0)
		RAW(SYS_close, (unsigned long)cloner);
	die_with_parent(*parent);
}

/* A copy of this process, which goes on with a list of its own: as fork(2) does. */
static long clone_process(const struct walk *walk, const struct step *step)
{
	const struct list *lists = program_lists(walk->program);
	/* With CLONE_PARENT its parent is this one's. */
	const int clones_child = walk->own && walk->mortal && !(step->argument[0] & CLONE_PARENT);
	const int self = clones_child ? (int)RAW(SYS_pidfd_open, (unsigned long)RAW(SYS_getpid, 0), 0) : -1;
	const uint32_t first = step->list, behind = first + lists[first].below + 1u;
	long result = RAW(SYS_clone, step->argument[0] | SIGCHLD, 0);

	if (self >= 0 && result != 0)
		RAW(SYS_close, (unsigned long)self);
	if (!walk->own || result < 0)
		return result;
	/* A channel ends with its last copy: each process keeps those of its list and below. */
	if (result > 0) {
		close_channels(walk->own, first, behind);
		return result;
	}
	close_channels(walk->own, 0, first);
	close_channels(walk->own, behind, walk->program->lists);
	if (walk->mortal)
		die_with_cloner(walk, self);
	return 0;
}

static int must_wait(const struct step *step, const unsigned long arguments[MAX_ARGUMENTS])
{
	struct pollfd input = { .events = POLLIN };
	struct timespec at_once = { 0, 0 };

	if (step->waits == 0)
		return 0;
	input.fd = (int)arguments[step->waits - 1];
	return RAW(SYS_ppoll, (unsigned long)&input, 1, (unsigned long)&at_once, 0, KERNEL_SIGSET_SIZE) == 0;
}

static int leaves(long number)
{
	return number == SYS_execve || number == SYS_execveat;
}

int walk_list(struct walk *walk, uint32_t list, uint32_t from)
{
	const struct list *lists = program_lists(walk->program);
	const struct step *steps = program_steps(walk->program);

	walk->list = list;
	walk->waiting = -1;
	for (walk->at = from; walk->at < lists[walk->list].first + lists[walk->list].count; walk->at++) {
		const struct step *step = &steps[walk->at];
		const long number = calls[step->call].number;
		unsigned long arguments[MAX_ARGUMENTS];
		int64_t result, outcome;

		fill_in(walk, step, arguments);
		if (walk->stops && must_wait(step, arguments)) {
			walk->waiting = (int)arguments[step->waits - 1];
			return 0;
		}
		/* What the watcher has not heard of, it will not let go: a filter may forbid to tell. */
		if (tell_kind(walk, walk->list, walk->at, EVENT_STARTED) && step->gated)
			wait_at_gate(walk, walk->list);
		if (leaves(number)) {
			if (walk->mortal)
				die_with_parent(walk->own->fds[OWN_PARENT]);
			tell_kind(walk, walk->list, walk->at, EVENT_LEAVING);
		}
		if (step->list != 0) {
			result = clone_process(walk, step);
			if (result == 0) { /* the new process, with its own list */
				walk->list = step->list;
				walk->at = lists[step->list].first - 1;
				continue;
			}
		} else if (step->hands_over) {
			result = hand_over(walk);
		} else {
			result = make_call(walk, number, arguments);
		}
		outcome = outcome_of(walk, step, result);
		walk->results[walk->at] = result;
		tell_finished(walk, walk->list, walk->at, result);
		if (failed(step, outcome)) {
			note_failure(walk, walk->at, outcome, outcome != result);
			return 0;
		}
	}
	return 1;
}
