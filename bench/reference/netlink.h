/* netlink.h - requests to the kernel's network configuration: rtnetlink(7). */
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/rtnetlink.h>
#include <stddef.h>

struct message {
	struct nlmsghdr header;
	union {
		struct ifinfomsg link;
		struct rtmsg route;
	};
	char rest[512];
};

struct message new_message(int type, int flags);

/* Adds an attribute; one that others are added to is closed with nest. */
struct rtattr *add(struct message *message, int type, const void *value, size_t length);
void nest(struct message *message, struct rtattr *attribute);

/* Sends it and hears the kernel's verdict. */
void ask_checked(const struct message *message, const char *what);

/* Both at once, of which the second alone is answered, if the first does not fail. */
void ask_both(const struct message *first, const struct message *second, const char *what);

/* The index of an interface, or 0. */
int find_link(const char *name);

#endif
