/* veth.c - the cable between the container and the host. */
#include "reference.h"

#include <errno.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>

#include "netlink.h"

#define BLOCKS (254 * 64)

static int add_veth(const char *name, const char *peer)
{
	struct message message = new_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, 0);
	const struct ifinfomsg none = { 0 };
	struct rtattr *info, *data, *other;

	add(&message, IFLA_IFNAME, name, strlen(name) + 1);
	info = add(&message, IFLA_LINKINFO, NULL, 0);
	add(&message, IFLA_INFO_KIND, "veth", 5);
	data = add(&message, IFLA_INFO_DATA, NULL, 0);
	other = add(&message, VETH_INFO_PEER, &none, sizeof none);
	add(&message, IFLA_IFNAME, peer, strlen(peer) + 1);
	nest(&message, other);
	nest(&message, data);
	nest(&message, info);
	return ask(&message);
}

void make_veth(struct veth *veth, const char *owner)
{
	int number = -1, verdict;
	struct message alias;

	do {
		number++;
		snprintf(veth->name, sizeof veth->name, "lab%d", number);
		snprintf(veth->peer, sizeof veth->peer, "lab%dc", number);
		verdict = add_veth(veth->name, veth->peer);
	} while (verdict == -EEXIST && number < BLOCKS);
	errno = -verdict;
	check(verdict, "RTM_NEWLINK veth");
	snprintf(veth->outside, sizeof veth->outside, "169.254.%d.%d", 1 + number / 64, number % 64 * 4 + 1);
	snprintf(veth->inside, sizeof veth->inside, "169.254.%d.%d", 1 + number / 64, number % 64 * 4 + 2);
	veth->index = index_of(veth->name);
	alias = new_message(RTM_NEWLINK, 0, veth->index);
	add(&alias, IFLA_IFALIAS, owner, strlen(owner) + 1);
	ask_checked(&alias, "RTM_NEWLINK alias");
	veth->peer_index = index_of(veth->peer);
}

void connect_veth(const struct veth *veth, pid_t pid)
{
	struct message move = new_message(RTM_NEWLINK, 0, veth->peer_index);

	add(&move, IFLA_NET_NS_PID, &pid, sizeof pid);
	add(&move, IFLA_IFNAME, "eth0", 5);
	ask_checked(&move, "RTM_NEWLINK move");
	set_up(veth->name, veth->outside);
}

/* The kernel may have removed it already, with the container's end. */
void remove_veth(const struct veth *veth)
{
	struct message remove = new_message(RTM_DELLINK, 0, veth->index);
	int verdict = ask(&remove);

	errno = -verdict;
	check(verdict == -ENODEV ? 0 : verdict, "RTM_DELLINK");
}
