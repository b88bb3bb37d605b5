/*
 * walk.c - makes the calls of a program, one after the other.
 *
 * This runs in the cloned child as well as in the parent. The child shares its
 * parent's memory, so the rule for everything below is: raw system calls and
 * the memory handed in, nothing else - no malloc, no stdio, no errno, no locks.
 */
#include "walk.h"

#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>

#include "calls.h"
#include "raw.h"

static void send(const struct watcher *watcher, uint32_t kind, uint32_t index, int64_t result)
{
	struct event event = { kind, index, result, 0 };
	struct timespec now = { 0, 0 };

	if (watcher->events < 0)
		return;
	RAW(SYS_clock_gettime, CLOCK_MONOTONIC, (unsigned long)&now);
	event.nanoseconds = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
	RAW(SYS_write, (unsigned long)watcher->events, (unsigned long)&event, sizeof event);
}

/* The other end is gone when read() brings nothing: then the run is over. */
static void wait_at_gate(const struct watcher *watcher)
{
	char byte;

	if (RAW(SYS_read, (unsigned long)watcher->gate, (unsigned long)&byte, 1) != 1)
		RAW(SYS_exit_group, 1);
}

static int failed(const struct step *step, int64_t result)
{
	return result < step->least && (step->tolerated == 0 || result != -step->tolerated);
}

static long make_call(const struct step *step, const int64_t *results)
{
	unsigned long arguments[MAX_ARGUMENTS];

	for (int i = 0; i < MAX_ARGUMENTS; i++)
		arguments[i] = step->result_of[i] ? (unsigned long)results[step->result_of[i] - 1]
		                                  : step->argument[i];
	return raw_call(calls[step->call].number, arguments);
}

uint32_t walk(struct program *program, int64_t *results, const struct watcher *watcher)
{
	const struct step *steps = program_steps(program);

	for (uint32_t i = 0; i < program->steps; i++) {
		if (watcher->announce)
			send(watcher, EVENT_STARTED, i, 0);
		if (steps[i].gated && watcher->gate >= 0)
			wait_at_gate(watcher);
		if (watcher->before_exec && calls[steps[i].call].number == SYS_execve)
			watcher->before_exec(watcher->context);
		results[i] = make_call(&steps[i], results);
		send(watcher, EVENT_FINISHED, i, results[i]);
		if (failed(&steps[i], results[i]))
			return i;
	}
	return program->steps;
}
