/* netlink.c - packs and sends requests. */
#include "netlink.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "reference.h"

static void *end_of(struct message *message)
{
	return (char *)message + NLMSG_ALIGN(message->header.nlmsg_len);
}

struct rtattr *add(struct message *message, int type, const void *value, size_t length)
{
	struct rtattr *attribute = end_of(message);

	attribute->rta_type = type;
	attribute->rta_len = RTA_LENGTH(length);
	if (length > 0)
		memcpy(RTA_DATA(attribute), value, length);
	message->header.nlmsg_len = NLMSG_ALIGN(message->header.nlmsg_len) + RTA_ALIGN(attribute->rta_len);
	return attribute;
}

void nest(struct message *message, struct rtattr *attribute)
{
	attribute->rta_len = (char *)end_of(message) - (char *)attribute;
}

struct message new_message(int type, int flags)
{
	return (struct message){
		.header = { .nlmsg_len = NLMSG_LENGTH(sizeof(struct ifinfomsg)),
		            .nlmsg_type = type,
		            .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags },
	};
}

static int ask(const struct message *message)
{
	int fd = check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0), "socket");
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} answer;

	check(sendto(fd, message, message->header.nlmsg_len, 0, NULL, 0), "sendto");
	check(recvfrom(fd, &answer, sizeof answer, 0, NULL, NULL), "recvfrom");
	check(close(fd), "close");
	return answer.error.error;
}

void ask_checked(const struct message *message, const char *what)
{
	int verdict = ask(message);

	errno = -verdict;
	check(verdict, what);
}
