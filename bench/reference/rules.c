/* rules.c - what nft(8) does for one container. */
#define _GNU_SOURCE
#include "reference.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct command {
	const char *program;
	char *words[6];
};

static int become(void *context)
{
	struct command *command = context;
	char *nothing[] = { NULL };
	int fd;

	check(setsid(), "setsid");
	fd = check(open("/dev/null", O_RDWR | O_CLOEXEC), "open /dev/null");
	check(dup3(fd, 0, 0), "dup3");
	check(dup3(fd, 1, 0), "dup3");
	check(execve(command->program, command->words, nothing), "execve nft");
	return 1;
}

static void nft(struct command command)
{
	wait_for(start_child(become, 0, &command));
}

void set_rules(const struct plan *plan, const char *address)
{
	char table[256];

	snprintf(table, sizeof table,
	         "table ip %s {\nchain outgoing {\ntype nat hook postrouting priority 100; policy accept;\n"
	         "ip saddr %s oifname != \"" BRIDGE "\" masquerade;\n}\n}",
	         plan->owner, address);
	nft((struct command){ plan->nft, { "nft", table } });
}

void delete_rules(const struct plan *plan)
{
	nft((struct command){ plan->nft, { "nft", "delete", "table", "ip", (char *)plan->owner } });
}
