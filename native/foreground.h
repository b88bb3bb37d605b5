#ifndef LAB_FOREGROUND_H
#define LAB_FOREGROUND_H

/*
 * Gives a terminal to a process group (0: the caller's own) and returns 0 or
 * -errno. The kernel stops a background process that tries this, unless it
 * blocks SIGTTOU (tcsetpgrp(3)): the caller must.
 */
long foreground(int terminal, int group);

#endif
