/*
 * network.c - the network of containers: the first one makes it, and the last
 * one takes it away. Here there is one at a time, in a network namespace of this
 * program. The port of the one before can still be there: then it is the next
 * address.
 */
#define _GNU_SOURCE
#include "reference.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "netlink.h"

#define FORWARDING "/proc/sys/net/ipv4/ip_forward"
#define NETWORK_IN_HEX "\t00000B0A\t" /* 10.11.0.0, as /proc/net/route has it */
#define NAMES "127.0.0.1\tlocalhost\n%s\tcontainer\n"
#define LAST 254

static int hold(const char *name)
{
	int fd = check(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");

	check(take_name(fd, name) ? 0 : -1, name);
	return fd;
}

static void check_free(int is_free, const char *what)
{
	errno = EEXIST;
	check(is_free ? 0 : -1, what);
}

/* Whether somebody else is on the network. */
static int is_empty(void)
{
	return !strstr(read_file("/proc/self/net/unix"), "@container-lab/10.");
}

static const char *hosts_file(void)
{
	static char path[64];
	char name[32] = "";

	check(readlink("/proc/self/ns/net", name, sizeof name - 1), "readlink");
	snprintf(path, sizeof path, "/run/container-lab-%.*s.hosts", (int)strcspn(name + 5, "]"), name + 5);
	return path;
}

static void write_hosts(const char *address)
{
	char names[64];
	int length = snprintf(names, sizeof names, NAMES, address);
	int fd = check(open(hosts_file(), O_WRONLY | O_CREAT | O_CLOEXEC, 0644), hosts_file());

	check(write(fd, names, length), "write");
	check(close(fd), "close");
}

static int is_free(const char *port)
{
	int fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	int is_free = !is_taken(fd, port);

	check(close(fd), "close");
	return is_free;
}

static void take_address(struct place *place)
{
	check_free(is_empty(), BRIDGE);
	for (int number = 2; number <= LAST; number++) {
		snprintf(place->port, sizeof place->port, "labp%d", number);
		snprintf(place->address, sizeof place->address, "10.11.0.%d", number);
		place->lease = hold(place->address);
		if (is_free(place->port))
			return;
		check(close(place->lease), "close");
	}
	check_free(0, "10.11.0.0/24");
}

void join_network(struct place *place, const char *owner)
{
	int lock = hold("network");

	check_free(!find_link(BRIDGE), BRIDGE);
	check_free(!strstr(read_file("/proc/self/net/route"), NETWORK_IN_HEX), "10.11.0.0/24");
	take_address(place);
	read_file(FORWARDING);
	make_bridge(owner);
	write_file(FORWARDING, "1");
	place->bridge = find_link(BRIDGE);
	write_hosts(place->address);
	check(close(lock), "close");
	place->hosts = copy_tree(hosts_file(), MOUNT_READ_ONLY);
}

/* The child's part, when the image is its root. */
void attach_hosts(const struct place *place)
{
	attach_at(place->hosts, open_within_root("/etc/hosts"));
}

void leave_network(const struct place *place)
{
	int lock;

	check(close(place->hosts), "close");
	check(close(place->lease), "close");
	check_free(find_link(BRIDGE) == place->bridge, BRIDGE);
	lock = hold("network");
	check_free(is_empty(), BRIDGE);
	if (read_file(FORWARDING)[0] == '1')
		write_file(FORWARDING, "0");
	check(unlink(hosts_file()), "unlink");
	delete_bridge(find_link(BRIDGE));
	check(close(lock), "close");
}
