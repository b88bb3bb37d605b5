/*
 * driver.c - runs packed programs with the executor, without Node.
 *
 *   driver perform FILE             makes the calls in this process
 *   driver spawn FILE FLAGS COPY WATCH TIMES [WALKER]
 *                                   makes them in a child, so many times over;
 *                                   WALKER: native/build/walker, to hand over to
 *   driver fuzz FILE SEED COUNT     spoils the program in COUNT ways; whatever
 *                                   the executor takes all the same, it runs
 *   driver fuzz-nested FILE SEED COUNT
 *                                   the same with lists in lists, in a child each
 *
 * FILE is what encode() of src/executor/encode.ts packs. Built with
 * -fsanitize=address,undefined the executor's mistakes end it.
 */
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "lab.h"

/*
 * A child ends in the middle of its functions, and its stack is unmapped. What
 * the sanitizer remembers of that must not count for the next stack in the same
 * place. The linker puts this between the executor and mmap.
 */
void *__real_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);
void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset);

#ifdef __SANITIZE_ADDRESS__
void __asan_unpoison_memory_region(const volatile void *address, size_t size);
#else
#define __asan_unpoison_memory_region(address, size) ((void)(address), (void)(size))
#endif

void *__wrap_mmap(void *address, size_t size, int protection, int flags, int fd, off_t offset)
{
	void *mapped = __real_mmap(address, size, protection, flags, fd, offset);

	if (mapped != MAP_FAILED)
		__asan_unpoison_memory_region(mapped, size);
	return mapped;
}

static void *load_file(const char *path, uint32_t *size)
{
	FILE *file = fopen(path, "rb");
	void *block;

	if (!file || fseek(file, 0, SEEK_END) < 0)
		exit(2);
	*size = (uint32_t)ftell(file);
	rewind(file);
	block = malloc(*size);
	if (fread(block, 1, *size, file) != *size)
		exit(2);
	fclose(file);
	return block;
}

static int perform(const char *path)
{
	uint32_t size;
	struct program *program = load_file(path, &size);
	int64_t *results = calloc(program->steps + 1, sizeof *results);
	int32_t waiting;
	int done = lab_perform(program, results, &waiting);

	printf("done %d\n", done);
	if (waiting >= 0)
		printf("would wait for %d\n", waiting);
	for (int i = 0; i <= done && i < (int)program->steps; i++)
		printf("result %d %" PRId64 "\n", i, results[i]);
	free(results);
	free(program);
	return 0;
}

/* Reads an event of a list, and opens its gate if a call has started; 0 at the end. */
static int follow_one(int channel, uint32_t list, int quiet)
{
	static const char *const kinds[] = { "?", "started", "leaving", "finished" };
	struct event event;
	char answer[MAX_ANSWER];

	if (recv(channel, &event, sizeof event, MSG_WAITALL) != sizeof event)
		return 0;
	if (event.size > 0 && recv(channel, answer, event.size, MSG_WAITALL) != (ssize_t)event.size)
		puts("a piece of an answer");
	if (event.kind == EVENT_STARTED && send(channel, "x", 1, MSG_NOSIGNAL) != 1 && errno != EPIPE)
		perror("gate");
	if (!quiet)
		printf("%u: %s %u %" PRId64 " and %u bytes\n", list, kinds[event.kind & 3], event.index, event.result,
		       event.size);
	return 1;
}

/* Reads the events of all lists to their ends. */
static void follow(const int32_t *channels, uint32_t lists, int quiet)
{
	struct pollfd *ends = calloc(lists, sizeof *ends);
	uint32_t open = lists;

	for (uint32_t i = 0; i < lists; i++)
		ends[i] = (struct pollfd){ .fd = channels[i], .events = POLLIN };
	while (open > 0 && poll(ends, lists, -1) > 0)
		for (uint32_t i = 0; i < lists; i++)
			if (ends[i].revents != 0 && !follow_one(ends[i].fd, i, quiet)) {
				close(ends[i].fd);
				ends[i].fd = -1;
				open--;
			}
	free(ends);
}

static void print_failure(const struct child *child)
{
	int32_t failure[2];

	switch (lab_failure(child, failure)) {
	case 1:
		printf("failed %d %d\n", failure[0], failure[1]);
		break;
	case 2:
		printf("failed %d %d, as the answer says\n", failure[0], failure[1]);
		break;
	}
}

static void print_results(const struct child *child, const struct program *program)
{
	for (uint32_t i = 0; i < program->steps; i++) {
		int64_t result = lab_result(child, i);

		if (result != INT64_MIN)
			printf("result %u %" PRId64 "\n", i, result);
	}
}

/* Returns whether there was a child. */
static int spawn_once(const struct program *program, uint64_t flags, int copy, int watch, int walker, int quiet)
{
	struct spawn_options options = {
		.flags = flags, .terminal = -1, .watch = watch, .copy = copy, .mortal = 1, .directory = -1,
		.walker = walker,
	};
	int32_t *channels = calloc(UINT16_MAX, sizeof *channels);
	struct child *child = lab_spawn(program, &options, channels);
	char byte;
	int status;

	if (!child) {
		if (!quiet)
			printf("refused %s\n", lab_errno_text(-options.pid));
		free(channels);
		return 0;
	}
	if (watch)
		follow(channels, program->lists, quiet);
	if (options.taken >= 0 && read(options.taken, &byte, 1) != 0)
		puts("something came from the walker");
	if (options.taken >= 0)
		close(options.taken);
	waitpid(options.pid, &status, 0);
	if (!quiet && !watch)
		print_results(child, program);
	if (!quiet)
		print_failure(child);
	if (lab_result(child, program->steps) != INT64_MIN)
		puts("a result too far");
	lab_release(child);
	free(channels);
	if (!quiet)
		printf("status %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
	return 1;
}

static int spawn(const char *path, uint64_t flags, int copy, int watch, int times, const char *walker_path)
{
	uint32_t size;
	struct program *program = load_file(path, &size);
	int walker = walker_path ? lab_open_walker(walker_path) : -1;

	for (int i = 0; i < times; i++)
		spawn_once(program, flags, copy, watch, walker, i > 0);
	free(program);
	return 0;
}

static uint32_t random_number(void)
{
	static uint64_t state = 88172645463325252u;

	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static void spoil(struct program *program, uint32_t size)
{
	static const uint32_t odd[] = { 0, 1, 2, 7, 8, 15, 16, 255, 256, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff };
	uint8_t *bytes = (uint8_t *)program;
	int spoils = 1 + random_number() % 4;

	while (spoils-- > 0) {
		uint32_t at = random_number() % size;
		uint32_t word = random_number() % 3 ? odd[random_number() % (sizeof odd / sizeof *odd)] : random_number() % (2 * size);

		if (random_number() % 2 && at + sizeof word <= size)
			memcpy(bytes + at, &word, sizeof word);
		else
			bytes[at] = (uint8_t)random_number();
	}
}

/*
 * Only what is harmless may be run: getpid, or a row that is not in the table.
 * A row that clones stays one, but only as often as the lists lie deeper and
 * deeper. What is patched and what an answer holds lies in the block.
 */
static void make_harmless(struct program *program, uint32_t size)
{
	const uint16_t harmless = (uint16_t)lab_find_call("getpid");
	struct step *steps;

	if (program->size > size)
		program->size = size;
	if (program->lists > size / sizeof(struct list))
		return;
	steps = program_steps(program);
	for (uint32_t i = 0; (char *)&steps[i + 1] <= (char *)program + size; i++)
		if (steps[i].call < calls_count)
			steps[i].call = harmless;
}

static void *spoilt(const struct program *whole, uint32_t size)
{
	struct program *program = malloc(size);

	memcpy(program, whole, size);
	spoil(program, size);
	make_harmless(program, size);
	return program;
}

/* Lists within lists, which only a child can make. */
static int fuzz_nested(const char *path, int seed, int count)
{
	uint32_t size;
	struct program *whole = load_file(path, &size);
	int refused = 0;

	for (int i = 0; i < seed; i++)
		random_number();
	for (int i = 0; i < count; i++) {
		struct program *program = spoilt(whole, size);

		refused += !spawn_once(program, 0, i % 2, i % 3 == 0, -1, 1);
		free(program);
	}
	free(whole);
	printf("refused %d ran %d\n", refused, count - refused);
	return 0;
}

static int fuzz(const char *path, int seed, int count)
{
	uint32_t size;
	struct program *whole = load_file(path, &size);
	int refused = 0;

	for (int i = 0; i < seed; i++)
		random_number();
	for (int i = 0; i < count; i++) {
		struct program *program = spoilt(whole, size);
		int64_t *results = calloc(UINT16_MAX, sizeof *results);
		int32_t waiting;
		int done;

		if (i % 50 == 0)
			spawn_once(program, 0, i % 100 == 0, i % 150 == 0, -1, 1);
		done = lab_perform(program, results, &waiting);
		refused += done < 0;
		if (done < 0 && done != -EINVAL)
			printf("odd error %d\n", done);
		free(results);
		free(program);
	}
	free(whole);
	printf("refused %d ran %d\n", refused, count - refused);
	return 0;
}

int main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc == 3 && strcmp(argv[1], "perform") == 0)
		return perform(argv[2]);
	if ((argc == 7 || argc == 8) && strcmp(argv[1], "spawn") == 0)
		return spawn(argv[2], strtoull(argv[3], NULL, 0), atoi(argv[4]), atoi(argv[5]), atoi(argv[6]),
		             argc == 8 ? argv[7] : NULL);
	if (argc == 5 && strcmp(argv[1], "fuzz-nested") == 0)
		return fuzz_nested(argv[2], atoi(argv[3]), atoi(argv[4]));
	if (argc == 5 && strcmp(argv[1], "fuzz") == 0)
		return fuzz(argv[2], atoi(argv[3]), atoi(argv[4]));
	return 2;
}
