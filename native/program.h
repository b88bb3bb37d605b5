/*
 * program.h - the description of what to do, as the TypeScript side packs it.
 *
 * A program is one block of memory: a header, the lists, a row per system call,
 * the data that arguments point at (strings, structures, argv), the patches,
 * and last the fixups: the offsets of the words that are offsets now and must
 * become addresses. src/executor/encode.ts writes this layout; change both
 * together.
 *
 * The rows of all lists lie in one array, and an index counts through all of
 * them. List 0 is the child's. A row may clone: the new process makes the calls
 * of another list, which lies further back, with the results so far.
 */
#ifndef LAB_PROGRAM_H
#define LAB_PROGRAM_H

#include <stdint.h>

#define PROGRAM_MAGIC 0x3242414cu /* "LAB2", little-endian */
#define MAX_ARGUMENTS 6

struct list {
	uint16_t first;                  /* its rows: from here ... */
	uint16_t count;                  /* ... so many */
	uint16_t below;                  /* the next so many lists are inside it */
	uint16_t cloned_by;              /* the row whose new process makes it */
};

struct step {
	uint16_t call;                   /* row of the table in calls.c */
	uint16_t list;                   /* what the new process of a clone makes; 0: no clone */
	int32_t tolerated;               /* an errno that counts as success, or 0 */
	uint64_t argument[MAX_ARGUMENTS];
	uint16_t result_of[MAX_ARGUMENTS]; /* 1 + index of the earlier call whose
	                                     result is this argument; 0: as it stands */
	int32_t least;                   /* a smaller result is a failure, too: a
	                                    read() that found the end of the file */
	uint32_t answer;                 /* where the kernel writes; of a row that hands
	                                    over, the descriptors that stay open ... */
	uint32_t answer_size;            /* ... and how many bytes; 0: none */
	uint32_t verdict;                /* where in the answer an int32 says what
	                                    came of it, 0 or -errno; 0: nowhere */
	uint32_t patch;                  /* patches to make before the call ... */
	uint16_t patches;                /* ... so many */
	uint8_t gated;                   /* wait for a byte before this call */
	uint8_t waits;                   /* 1 + the argument that is the descriptor
	                                    on which it may wait; 0: it does not */
	uint8_t hands_over;              /* the walker makes the rest of the list */
	uint8_t unused[3];
};

/* A result within a structure, such as the descriptor in a struct pollfd. */
struct patch {
	uint32_t at;                     /* an int32 in the data */
	uint16_t result_of;              /* 1 + index of the call whose result goes there */
	uint16_t unused;
};

struct program {
	uint32_t magic;
	uint32_t size;                   /* of the whole block, in bytes */
	uint32_t lists;                  /* at least one */
	uint32_t steps;                  /* rows of all lists */
	uint32_t patches;
	uint32_t fixups;                 /* offsets at the end of the block */
};

/*
 * What travels back while somebody watches. EVENT_LEAVING says that a call is
 * being made that does not come back if it succeeds: after it, and before
 * EVENT_FINISHED, the end of the channel means that it has.
 */
enum event_kind { EVENT_STARTED = 1, EVENT_LEAVING = 2, EVENT_FINISHED = 3 };

struct event {
	uint32_t kind;
	uint32_t index;                  /* which step */
	int64_t result;                  /* of the call, or -errno */
	uint64_t nanoseconds;            /* CLOCK_MONOTONIC */
	uint32_t size;                   /* bytes of the answer, which follow */
	uint32_t unused;
};

/* Of a longer answer nothing is sent. */
#define MAX_ANSWER (32 * 1024)

_Static_assert(sizeof(struct list) == 8, "encode.ts counts on 8 bytes a list");
_Static_assert(sizeof(struct step) == 96, "encode.ts counts on 96 bytes a step");
_Static_assert(sizeof(struct patch) == 8, "encode.ts counts on 8 bytes a patch");
_Static_assert(sizeof(struct program) == 24, "encode.ts counts on a 24-byte header");
_Static_assert(sizeof(struct event) == 32, "events.ts counts on 32 bytes an event");

static inline struct list *program_lists(struct program *program)
{
	return (struct list *)(program + 1);
}

static inline struct step *program_steps(struct program *program)
{
	return (struct step *)(program_lists(program) + program->lists);
}

static inline uint32_t program_fixups_at(const struct program *program)
{
	return program->size - program->fixups * (uint32_t)sizeof(uint32_t);
}

static inline uint32_t program_patches_at(const struct program *program)
{
	return program_fixups_at(program) - program->patches * (uint32_t)sizeof(struct patch);
}

static inline struct patch *program_patches(struct program *program)
{
	return (struct patch *)((char *)program + program_patches_at(program));
}

#endif
