/* names.c - from names to numbers, and from numbers to words. */
#include "lab.h"

#include <string.h>

#include "calls.h"

int lab_find_call(const char *name)
{
	for (int i = 0; i < calls_count; i++)
		if (strcmp(calls[i].name, name) == 0)
			return i;
	return -1;
}

const char *lab_errno_text(int number)
{
	return strerror(number);
}
