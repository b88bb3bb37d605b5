/* foreground.c - who gets what is typed at a terminal. */
#include "foreground.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>

#include "lab.h"
#include "raw.h"

long foreground(int terminal, int group)
{
	if (group == 0)
		group = (int)RAW(SYS_getpgid, 0);
	return RAW(SYS_ioctl, (unsigned long)terminal, TIOCSPGRP, (unsigned long)&group);
}

int lab_foreground(int terminal, int group)
{
	sigset_t ttou, before;
	int result;

	sigemptyset(&ttou);
	sigaddset(&ttou, SIGTTOU);
	pthread_sigmask(SIG_BLOCK, &ttou, &before);
	result = (int)foreground(terminal, group);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return result;
}
