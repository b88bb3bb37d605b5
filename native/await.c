/* await.c - waiting for a child's end, for a moment; and for something to read. */
#include "lab.h"

#include <errno.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

#include "young.h"

int lab_await_end(int pid, int milliseconds)
{
	struct pollfd child = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int status, ended;

	if (child.fd < 0)
		return -errno;
	poll(&child, 1, milliseconds);
	close(child.fd);
	ended = waitpid(pid, &status, WNOHANG);
	if (ended < 0)
		return -errno;
	return ended == pid ? status : -EAGAIN;
}

int lab_await_input(int fd, int cancel)
{
	struct pollfd inputs[] = { { .fd = cancel, .events = POLLIN }, { .fd = fd, .events = POLLIN } };

	while (poll(inputs, 2, -1) < 0)
		if (errno != EINTR)
			return -errno;
	return inputs[0].revents == 0;
}
