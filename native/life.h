#ifndef LAB_LIFE_H
#define LAB_LIFE_H

/*
 * Asks the kernel to kill this process when its parent dies, and ends it if
 * `parent`, a pidfd of whoever is at the top, has died already; -1 where the
 * kernel has no pidfds.
 */
void die_with_parent(int parent);

#endif
