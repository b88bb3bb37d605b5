/*
 * listen.c - hears of the calls that a seccomp filter tells of.
 *
 * A thread of its own waits for them, since Node can wait for sockets and pipes
 * alone. It hands each on over a socket, and answers it when Node has looked: one
 * after the other, in the order in which they were made. The answer is always
 * that the call goes on: what it points at can be changed by others meanwhile, so
 * that nothing but a look can be built on it. Source: seccomp_unotify(2).
 */
#include "lab.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

/* Since Linux 5.0, and the answer since 5.5: younger than some headers. */
#ifndef SECCOMP_IOCTL_NOTIF_RECV
struct seccomp_notif {
	uint64_t id;
	uint32_t pid;
	uint32_t flags;
	struct seccomp_data data;
};
struct seccomp_notif_resp {
	uint64_t id;
	int64_t val;
	int32_t error;
	uint32_t flags;
};
#define SECCOMP_IOCTL_NOTIF_RECV _IOWR('!', 0, struct seccomp_notif)
#define SECCOMP_IOCTL_NOTIF_SEND _IOWR('!', 1, struct seccomp_notif_resp)
#endif
#ifndef SECCOMP_USER_NOTIF_FLAG_CONTINUE
#define SECCOMP_USER_NOTIF_FLAG_CONTINUE 1
#endif

struct ears {
	int listener;
	int channel;
};

static int receive(int listener, struct seccomp_notif *call)
{
	memset(call, 0, sizeof *call);
	return ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, call);
}

/* Tells Node of a call, and waits until it may go on. Returns 0 when Node listens no more. */
static int tell(int channel, const struct seccomp_notif *call)
{
	struct heard_call heard = { call->pid, call->data.nr, { 0 } };
	char go;

	memcpy(heard.arguments, call->data.args, sizeof heard.arguments);
	return send(channel, &heard, sizeof heard, MSG_NOSIGNAL) == (ssize_t)sizeof heard &&
	       recv(channel, &go, 1, 0) == 1;
}

/* Returns 0 at the end of all who are filtered, when the listener hangs up, and when Node closes the channel. */
static int await_call(const struct ears *ears)
{
	struct pollfd awaited[] = { { .fd = ears->listener, .events = POLLIN },
	                            { .fd = ears->channel, .events = POLLIN } };

	for (;;) {
		if (poll(awaited, 2, -1) < 0 && errno != EINTR)
			return 0;
		if (awaited[1].revents != 0 || (awaited[0].revents & (POLLHUP | POLLNVAL)))
			return 0;
		if (awaited[0].revents & POLLIN)
			return 1;
	}
}

static void *listen_on(void *context)
{
	struct ears *ears = context;

	while (await_call(ears)) {
		struct seccomp_notif call;
		struct seccomp_notif_resp answer;

		/* Who made it may have been killed meanwhile. */
		if (receive(ears->listener, &call) < 0)
			continue;
		if (!tell(ears->channel, &call))
			break;
		answer = (struct seccomp_notif_resp){ .id = call.id, .flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE };
		ioctl(ears->listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
	}
	close(ears->listener);
	close(ears->channel);
	free(ears);
	return NULL;
}

/* Signals are for Node's threads. */
static int start(struct ears *ears)
{
	pthread_t thread;
	sigset_t all, before;
	int error;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	error = pthread_create(&thread, NULL, listen_on, ears);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	if (error == 0)
		pthread_detach(thread);
	return -error;
}

int lab_listen(int listener)
{
	struct ears *ears = malloc(sizeof *ears);
	int ends[2], error = ears ? 0 : -ENOMEM;

	if (error == 0 && socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) < 0)
		error = -errno;
	if (error == 0) {
		*ears = (struct ears){ listener, ends[1] };
		error = start(ears);
		if (error == 0)
			return ends[0];
		close(ends[0]);
		close(ends[1]);
	}
	free(ears);
	close(listener);
	return error;
}
