/* interface.c - interfaces by name: netdevice(7). */
#include "reference.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

static struct ifreq request_for(const char *name)
{
	struct ifreq request = { 0 };

	strncpy(request.ifr_name, name, IFNAMSIZ - 1);
	return request;
}

static void set_address(int fd, const char *name, unsigned long what, const char *text)
{
	struct ifreq request = request_for(name);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = inet_addr(text) };

	memcpy(&request.ifr_addr, &address, sizeof address);
	check(ioctl(fd, what, &request), "ioctl address");
}

void set_up(const char *name, const char *address, const char *netmask)
{
	int fd = check(socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), "socket");
	struct ifreq request = request_for(name);

	if (address) {
		set_address(fd, name, SIOCSIFADDR, address);
		set_address(fd, name, SIOCSIFNETMASK, netmask);
	}
	request.ifr_flags = IFF_UP | IFF_RUNNING;
	check(ioctl(fd, SIOCSIFFLAGS, &request), "ioctl SIOCSIFFLAGS");
	check(close(fd), "close");
}

int is_taken(int fd, const char *name)
{
	struct ifreq request = request_for(name);

	if (ioctl(fd, SIOCGIFINDEX, &request) == 0)
		return 1;
	check(errno == ENODEV ? 0 : -1, "ioctl SIOCGIFINDEX");
	return 0;
}
