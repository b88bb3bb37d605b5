/*
 * walker.c - a program that makes the rest of a list, in memory of its own.
 *
 *   walker FD [MARK]   FD: what hand_over() has written and sealed; MARK: whose it is
 *
 * It has no libc, a few kilobytes, and nothing secret. It cannot be traced, nor
 * can its memory be read, by a process that is not privileged on the host, even
 * with every capability in a user namespace: so nobody in a container that it
 * enters learns anything of whoever sent it. (The list may say otherwise with
 * prctl(2), PR_SET_DUMPABLE: the files of a process that cannot be traced, in
 * /proc/PID, belong to the host's root, its uid_map among them.)
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "../handover.h"
#include "../load.h"
#include "../raw.h"
#include "../young.h"

/* What is wrong with what it was given: the caller sees a walker that ended so. */
#define STATUS_NO_PROGRAM 126

#if defined(__x86_64__)
__asm__(".globl _start\n_start:\n\txor %ebp, %ebp\n\tmov %rsp, %rdi\n\tand $-16, %rsp\n\tcall walker_main\n");
#elif defined(__aarch64__)
__asm__(".globl _start\n_start:\n\tmov x29, #0\n\tmov x30, #0\n\tmov x0, sp\n\tb walker_main\n");
#endif

void walker_main(const long *stack);

static void end(int status)
{
	for (;;)
		RAW(SYS_exit_group, (unsigned long)status);
}

static int number_of(const char *text)
{
	int number = 0;

	while (*text >= '0' && *text <= '9' && number < 1000000)
		number = number * 10 + (*text++ - '0');
	return number;
}

static void *map(int fd, uint64_t size, int kind)
{
	long address = RAW(SYS_mmap, 0, size, PROT_READ | PROT_WRITE, (unsigned long)kind, (unsigned long)fd, 0);

	return address < 0 && address > -4096 ? NULL : (void *)address;
}

/* The file is sealed and cannot shrink; the map is private, for results are patched into it. */
static struct program *take_program(int fd, struct handover **state)
{
	long size = RAW(SYS_lseek, (unsigned long)fd, 0, 2);
	struct program *program = size < (long)sizeof *program ? NULL : map(fd, (uint64_t)size, MAP_PRIVATE);

	if (!program || !is_whole(program) || program->size > (uint64_t)size - sizeof **state)
		return NULL;
	*state = (struct handover *)((char *)program + program->size);
	if ((*state)->own_count != OWN_CHANNELS + program->lists || (*state)->kept_count > (uint64_t)size ||
	    program->size + sizeof **state +
	            ((uint64_t)(*state)->own_count + (*state)->kept_count) * sizeof(int) > (uint64_t)size)
		return NULL;
	return load(program) == 0 ? program : NULL;
}

void walker_main(const long *stack)
{
	const char *const *argv = (const char *const *)(stack + 1);
	const int fd = stack[0] >= 2 ? number_of(argv[1]) : -1;
	struct handover *state = NULL;
	struct program *program;
	struct shared *shared;

	RAW(SYS_prctl, PR_SET_DUMPABLE, 0);
	RAW(SYS_prctl, PR_SET_NAME, (unsigned long)"walker");
	program = take_program(fd, &state);
	if (!program || state->list >= program->lists || state->at >= program->steps)
		end(STATUS_NO_PROGRAM);

	const struct own own = { state->own_count, (int *)(state + 1) };

	shared = map(own.fds[OWN_SHARED], shared_size(program), MAP_SHARED);
	if (!shared)
		end(STATUS_NO_PROGRAM);
	/* What is kept lies behind our own. */
	for (uint32_t i = 0; i < own.count + state->kept_count; i++)
		RAW(SYS_fcntl, (unsigned long)own.fds[i], F_SETFD, FD_CLOEXEC);
	for (int i = OWN_WALKER; i < OWN_CHANNELS; i++) {
		if (i != OWN_WALKER && i != OWN_TAKEN)
			RAW(SYS_close, (unsigned long)own.fds[i]);
		own.fds[i] = -1;
	}

	struct walk walk = {
		.program = program,
		.results = shared->results,
		.failure = &shared->failure,
		.own = &own,
		.mortal = state->mortal,
	};

	tell_finished(&walk, state->list, state->at, 0);
	end(walk_list(&walk, state->list, state->at + 1) ? STATUS_DONE : STATUS_FAILED);
}
