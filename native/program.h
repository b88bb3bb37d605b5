/*
 * program.h - the description of what to do, as the TypeScript side packs it.
 *
 * A program is one block of memory: a header, a row per system call, the data
 * that arguments point at (strings, structures, argv), and last the fixups:
 * the offsets of the words that are offsets now and must become addresses.
 * src/executor/encode.ts writes this layout; change both together.
 */
#ifndef LAB_PROGRAM_H
#define LAB_PROGRAM_H

#include <stdint.h>

#define PROGRAM_MAGIC 0x3142414cu /* "LAB1", little-endian */
#define MAX_ARGUMENTS 6

struct step {
	uint32_t call;                   /* row of the table in calls.c */
	int32_t tolerated;               /* an errno that counts as success, or 0 */
	uint64_t argument[MAX_ARGUMENTS];
	uint8_t result_of[MAX_ARGUMENTS]; /* 1 + index of the earlier call whose
	                                    result is this argument; 0: as it stands */
	uint8_t gated;                   /* wait for a byte before this call */
	uint8_t least;                   /* a smaller result is a failure, too: a
	                                    read() that found the end of the file */
};

struct program {
	uint32_t magic;
	uint32_t steps;                  /* rows that follow this header */
	uint32_t fixups;                 /* offsets at the end of the block */
	uint32_t size;                   /* of the whole block, in bytes */
};

/* What travels back over the pipe, and what lab_perform fills in. */
enum event_kind { EVENT_STARTED = 1, EVENT_FINISHED = 2 };

struct event {
	uint32_t kind;
	uint32_t index;                  /* which step */
	int64_t result;                  /* of the call, or -errno */
	uint64_t nanoseconds;            /* CLOCK_MONOTONIC */
};

_Static_assert(sizeof(struct step) == 64, "encode.ts counts on 64 bytes a step");
_Static_assert(sizeof(struct program) == 16, "encode.ts counts on a 16-byte header");
_Static_assert(sizeof(struct event) == 24, "events.ts counts on 24 bytes an event");

static inline struct step *program_steps(struct program *program)
{
	return (struct step *)(program + 1);
}

#endif
