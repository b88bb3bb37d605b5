/* veth.c - the cable between the container and the host. */
#include "reference.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "netlink.h"

#define BLOCKS (254 * 64)

int take_name(int fd, const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int length = snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "container-lab/%s", name);

	if (bind(fd, (struct sockaddr *)&address, offsetof(struct sockaddr_un, sun_path) + 1 + length) == 0)
		return 1;
	check(errno == EADDRINUSE ? 0 : -1, "bind");
	return 0;
}

void choose_veth(struct veth *veth)
{
	static int next;

	for (int tries = 0; tries < BLOCKS; tries++) {
		int number = next++ % BLOCKS;

		snprintf(veth->name, sizeof veth->name, "lab%d", number);
		snprintf(veth->outside, sizeof veth->outside, "169.254.%d.%d", 1 + number / 64, number % 64 * 4 + 1);
		snprintf(veth->inside, sizeof veth->inside, "169.254.%d.%d", 1 + number / 64, number % 64 * 4 + 2);
		veth->reserved = check(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
		if (take_name(veth->reserved, veth->name) && !is_taken(veth->reserved, veth->name))
			return;
		check(close(veth->reserved), "close");
	}
	errno = EADDRINUSE;
	check(-1, "bind");
}

static void add_veth(const char *name, pid_t pid)
{
	struct message message = new_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL);
	const struct ifinfomsg none = { 0 };
	struct rtattr *info, *data, *other;

	add(&message, IFLA_IFNAME, name, strlen(name) + 1);
	info = add(&message, IFLA_LINKINFO, NULL, 0);
	add(&message, IFLA_INFO_KIND, "veth", 5);
	data = add(&message, IFLA_INFO_DATA, NULL, 0);
	other = add(&message, VETH_INFO_PEER, &none, sizeof none);
	add(&message, IFLA_IFNAME, "eth0", 5);
	add(&message, IFLA_NET_NS_PID, &pid, sizeof pid);
	nest(&message, other);
	nest(&message, data);
	nest(&message, info);
	ask_checked(&message, "RTM_NEWLINK veth");
}

/* One end is made where the child is. Both go with the child's network, a moment after its end. */
void make_veth(const struct veth *veth, const char *owner, pid_t pid)
{
	struct message alias = new_message(RTM_NEWLINK, 0);

	add_veth(veth->name, pid);
	add(&alias, IFLA_IFNAME, veth->name, strlen(veth->name) + 1);
	add(&alias, IFLA_IFALIAS, owner, strlen(owner) + 1);
	ask_checked(&alias, "RTM_NEWLINK alias");
	set_up(veth->name, veth->outside, VETH_NETMASK);
}

void free_veth(const struct veth *veth)
{
	check(close(veth->reserved), "close");
}
