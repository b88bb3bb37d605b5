#ifndef LAB_CALLS_H
#define LAB_CALLS_H

struct call {
	const char *name;
	long number;
};

extern const struct call calls[];
extern const int calls_count;

#endif
