/* netlink.h - requests to the kernel's network configuration: rtnetlink(7). */
#ifndef NETLINK_H
#define NETLINK_H

#include <linux/rtnetlink.h>
#include <stddef.h>

struct message {
	struct nlmsghdr header;
	struct ifinfomsg link;
	char rest[512];
};

struct message new_message(int type, int flags);

/* Adds an attribute; one that others are added to is closed with nest. */
struct rtattr *add(struct message *message, int type, const void *value, size_t length);
void nest(struct message *message, struct rtattr *attribute);

/* Sends it and hears the kernel's verdict. */
void ask_checked(const struct message *message, const char *what);

#endif
