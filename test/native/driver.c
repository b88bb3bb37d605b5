/*
 * driver.c - runs packed programs with the executor, without Node.
 *
 *   driver perform FILE             makes the calls in this process
 *   driver spawn FILE FLAGS COPY WATCH TIMES
 *                                   makes them in a child, so many times over
 *   driver fuzz FILE SEED COUNT     spoils the program in COUNT ways; whatever
 *                                   the executor takes all the same, it runs
 *
 * FILE is what encode() of src/executor/encode.ts packs. Built with
 * -fsanitize=address,undefined the executor's mistakes end it.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "calls.h"
#include "lab.h"

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
	int done = lab_perform(program, results);

	printf("done %d\n", done);
	for (int i = 0; i <= done && i < (int)program->steps; i++)
		printf("result %d %" PRId64 "\n", i, results[i]);
	free(results);
	free(program);
	return 0;
}

/* Reads events to the end, and opens the gate for each call that has started. */
static void follow(const struct spawn_options *options, int gated, int quiet)
{
	struct event event;

	while (read(options->events, &event, sizeof event) == sizeof event) {
		if (event.kind == EVENT_STARTED && gated && write(options->gate, "x", 1) != 1 && errno != EPIPE)
			perror("gate");
		if (!quiet)
			printf("%s %u %" PRId64 "\n", event.kind == EVENT_STARTED ? "started" : "finished",
			       event.index, event.result);
	}
	close(options->events);
	if (options->gate >= 0)
		close(options->gate);
}

static void spawn_once(const struct program *program, uint64_t flags, int copy, int watch, int quiet)
{
	struct spawn_options options = {
		.flags = flags, .terminal = -1, .watch = watch, .copy = copy, .directory = -1,
	};
	struct child *child = lab_spawn(program, &options);
	char byte;
	int status;

	if (!child) {
		if (!quiet)
			printf("refused %s\n", lab_errno_text(-options.pid));
		return;
	}
	follow(&options, watch, quiet);
	if (lab_peek(child, program->size, &byte, 1) != -EINVAL)
		puts("peeked too far");
	waitpid(options.pid, &status, 0);
	lab_release(child);
	if (!quiet)
		printf("status %d\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status));
}

static int spawn(const char *path, uint64_t flags, int copy, int watch, int times)
{
	uint32_t size;
	struct program *program = load_file(path, &size);

	for (int i = 0; i < times; i++)
		spawn_once(program, flags, copy, watch, i > 0);
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

/* Only what is harmless may be run: getpid, or a row that is not in the table. */
static void make_harmless(struct program *program, uint32_t size)
{
	struct step *steps = program_steps(program);
	uint32_t harmless = (uint32_t)lab_find_call("getpid");

	for (uint32_t i = 0; sizeof *program + (i + 1) * sizeof *steps <= size; i++)
		if (steps[i].call < (uint32_t)calls_count)
			steps[i].call = harmless;
	if (program->size > size)
		program->size = size;
}

static int fuzz(const char *path, int seed, int count)
{
	uint32_t size;
	struct program *whole = load_file(path, &size);
	int refused = 0;

	for (int i = 0; i < seed; i++)
		random_number();
	for (int i = 0; i < count; i++) {
		struct program *program = malloc(size);
		int64_t *results = calloc(UINT8_MAX, sizeof *results);
		int done;

		memcpy(program, whole, size);
		spoil(program, size);
		make_harmless(program, size);
		if (i % 50 == 0)
			spawn_once(program, 0, i % 100 == 0, 0, 1);
		done = lab_perform(program, results);
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
	if (argc == 7 && strcmp(argv[1], "spawn") == 0)
		return spawn(argv[2], strtoull(argv[3], NULL, 0), atoi(argv[4]), atoi(argv[5]), atoi(argv[6]));
	if (argc == 5 && strcmp(argv[1], "fuzz") == 0)
		return fuzz(argv[2], atoi(argv[3]), atoi(argv[4]));
	return 2;
}
