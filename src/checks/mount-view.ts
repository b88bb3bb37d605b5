/**
 * A mount namespace as it is, and not as a process in it sees it: chroot(2)
 * changes what a process sees, and leaves the rest in place.
 */
import { Child } from '../executor/child.ts';
import { openat } from '../syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWUSER, O_RDONLY } from '../syscalls/flags.ts';
import { setns } from '../syscalls/namespaces.ts';
import { waitForSignal } from '../syscalls/processes.ts';
import { entersUserFirst } from './enter.ts';
import { Process } from './process.ts';

const TRIES = 500;
const PAUSE_MS = 10;

/**
 * Lets a child of ours join the mount namespace of a process, and calls `look`
 * with it. Its root is the namespace's own, for setns(2) sets it. It executes
 * nothing, and nothing inside can see it.
 */
export async function viewMounts<T>(of: Process, look: (view: Process) => T): Promise<T> {
  const mounts = openat(`/proc/${of.pid}/ns/mnt`, O_RDONLY);
  const user = openat(`/proc/${of.pid}/ns/user`, O_RDONLY);
  const join = entersUserFirst() ? [user, setns(user, CLONE_NEWUSER)] : [];
  // With the grader's memory shared, the change of rights would close /proc/self to the grader.
  const child = new Child([mounts, ...join, setns(mounts, CLONE_NEWNS), waitForSignal()], 0, { copy: true });
  try {
    const view = new Process(child.pid);
    for (let tries = 0; ; tries++) {
      const wanted = of.namespace('mnt'); // Or it has ended, and there is nothing to join.
      if (view.lives && view.namespace('mnt') === wanted) break;
      if (tries === TRIES || !view.lives) throw new Error('The mount namespace cannot be joined.');
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return look(view);
  } finally {
    await child.destroy();
  }
}
