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
	size_t size = type == RTM_NEWROUTE ? sizeof(struct rtmsg) : sizeof(struct ifinfomsg);

	return (struct message){
		.header = { .nlmsg_len = NLMSG_LENGTH(size),
		            .nlmsg_type = type,
		            .nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK | flags },
	};
}

static int ask(const void *request, size_t length)
{
	int fd = check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0), "socket");
	struct {
		struct nlmsghdr header;
		struct nlmsgerr error;
		char rest[256];
	} answer;

	check(sendto(fd, request, length, 0, NULL, 0), "sendto");
	check(recvfrom(fd, &answer, sizeof answer, 0, NULL, NULL), "recvfrom");
	check(close(fd), "close");
	return answer.error.error;
}

static void check_verdict(int verdict, const char *what)
{
	errno = -verdict;
	check(verdict, what);
}

void ask_checked(const struct message *message, const char *what)
{
	check_verdict(ask(message, message->header.nlmsg_len), what);
}

void ask_both(const struct message *first, const struct message *second, const char *what)
{
	char both[2 * sizeof *first];
	size_t begin = NLMSG_ALIGN(first->header.nlmsg_len);

	memset(both, 0, sizeof both);
	memcpy(both, first, first->header.nlmsg_len);
	((struct nlmsghdr *)both)->nlmsg_flags &= ~NLM_F_ACK;
	memcpy(both + begin, second, second->header.nlmsg_len);
	check_verdict(ask(both, begin + second->header.nlmsg_len), what);
}

int find_link(const char *name)
{
	int fd = check(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, 0), "socket");
	struct message message = new_message(RTM_GETLINK, 0);
	union {
		struct message found;
		char space[8192];
	} answer;

	message.header.nlmsg_flags = NLM_F_REQUEST;
	add(&message, IFLA_IFNAME, name, strlen(name) + 1);
	check(sendto(fd, &message, message.header.nlmsg_len, 0, NULL, 0), "sendto");
	check(recvfrom(fd, &answer, sizeof answer, 0, NULL, NULL), "recvfrom");
	check(close(fd), "close");
	return answer.found.header.nlmsg_type == RTM_NEWLINK ? answer.found.link.ifi_index : 0;
}
