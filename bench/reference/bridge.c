/* bridge.c - the switch between the containers, and a container's port of it. */
#include "reference.h"

#include <arpa/inet.h>
#include <linux/if_link.h>
#include <linux/veth.h>
#include <stdio.h>
#include <string.h>

#include "netlink.h"

#define GATEWAY "10.11.0.1"
#define NETMASK "255.255.255.0"

static void add_text(struct message *message, int type, const char *text)
{
	add(message, type, text, strlen(text) + 1);
}

static struct message alias_of(const char *name, const char *text)
{
	struct message message = new_message(RTM_NEWLINK, 0);

	add_text(&message, IFLA_IFNAME, name);
	add_text(&message, IFLA_IFALIAS, text);
	return message;
}

/* 02:42, and the address. */
static void add_hardware_address(struct message *message, const char *address)
{
	unsigned char bytes[6] = { 0x02, 0x42 };

	check(inet_pton(AF_INET, address, bytes + 2) - 1, "inet_pton");
	add(message, IFLA_ADDRESS, bytes, sizeof bytes);
}

void make_bridge(const char *owner)
{
	struct message message = new_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL), alias;
	struct rtattr *info;
	char note[128];

	snprintf(note, sizeof note, "%s 10.11.0.0/24 0", owner);
	alias = alias_of(BRIDGE, note);
	add_text(&message, IFLA_IFNAME, BRIDGE);
	add_hardware_address(&message, GATEWAY);
	info = add(&message, IFLA_LINKINFO, NULL, 0);
	add_text(&message, IFLA_INFO_KIND, "bridge");
	nest(&message, info);
	ask_both(&message, &alias, "RTM_NEWLINK bridge");
	set_up(BRIDGE, GATEWAY, NETMASK);
}

void delete_bridge(int index)
{
	struct message message = new_message(RTM_DELLINK, 0);

	message.link.ifi_index = index;
	ask_checked(&message, "RTM_DELLINK bridge");
}

/* A cable from the bridge to where the child is; it goes with the child's network, a moment after its end. */
void make_port(const struct place *place, const char *owner, pid_t pid)
{
	struct message message = new_message(RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL), alias = alias_of(place->port, owner);
	const struct ifinfomsg none = { 0 };
	struct rtattr *info, *data, *other;

	add_text(&message, IFLA_IFNAME, place->port);
	add(&message, IFLA_MASTER, &place->bridge, sizeof place->bridge);
	info = add(&message, IFLA_LINKINFO, NULL, 0);
	add_text(&message, IFLA_INFO_KIND, "veth");
	data = add(&message, IFLA_INFO_DATA, NULL, 0);
	other = add(&message, VETH_INFO_PEER, &none, sizeof none);
	add_text(&message, IFLA_IFNAME, "eth0");
	add(&message, IFLA_NET_NS_PID, &pid, sizeof pid);
	add_hardware_address(&message, place->address);
	nest(&message, other);
	nest(&message, data);
	nest(&message, info);
	ask_checked(&message, "RTM_NEWLINK veth");
	ask_checked(&alias, "RTM_NEWLINK alias");
	set_up(place->port, NULL, NULL);
}

static void add_default_route(void)
{
	struct message message = new_message(RTM_NEWROUTE, NLM_F_CREATE | NLM_F_EXCL);
	struct in_addr gateway = { inet_addr(GATEWAY) };

	message.route = (struct rtmsg){
		.rtm_family = AF_INET, .rtm_table = RT_TABLE_MAIN, .rtm_protocol = RTPROT_STATIC, .rtm_type = RTN_UNICAST,
	};
	add(&message, RTA_GATEWAY, &gateway, sizeof gateway);
	ask_checked(&message, "RTM_NEWROUTE");
}

/* The child's part. */
void set_up_place(const struct place *place)
{
	set_up("eth0", place->address, NETMASK);
	add_default_route();
}
