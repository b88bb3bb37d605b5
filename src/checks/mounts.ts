/** Mount namespaces: all that is in one, and whether the sandbox's is as it was. */
import { Child } from '../executor/child.ts';
import { entersUserFirst } from '../proc/nsenter.ts';
import { openat } from '../syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWUSER, O_RDONLY } from '../syscalls/flags.ts';
import { setns, userNamespaceOf } from '../syscalls/namespaces.ts';
import { waitForSignal } from '../syscalls/processes.ts';
import type { Expectation } from './expectation.ts';
import { CannotLook } from './inside.ts';
import { Process } from './process.ts';
import type { Trial } from './trial.ts';

const TRIES = 500;
const PAUSE_MS = 10;

/**
 * Lets a child of this process join the mount namespace of another, and calls
 * `look` with that child. It sees the namespace as it is: chroot(2) changes only
 * what one process sees, and setns(2) gives the child the namespace's own root.
 * The child executes nothing, and nothing inside can see it.
 */
export async function lookAtMounts<T>(of: Process, look: (inside: Process) => T): Promise<T> {
  const mounts = openat(`/proc/${of.pid}/ns/mnt`, O_RDONLY);
  const owner = userNamespaceOf(mounts);
  const join = entersUserFirst() ? [owner, setns(owner, CLONE_NEWUSER)] : [];
  // With the grader's memory shared, the change of rights would close /proc/self to the grader.
  const child = new Child([mounts, ...join, setns(mounts, CLONE_NEWNS), waitForSignal()], 0, { copy: true });
  try {
    const inside = new Process(child.pid);
    for (let tries = 0; ; tries++) {
      const wanted = of.namespace('mnt'); // Throws if it has ended: then there is nothing to join.
      if (inside.lives && inside.namespace('mnt') === wanted) break;
      if (tries === TRIES || !inside.lives) {
        throw new CannotLook('The grader may not look into a mount namespace.');
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
    return look(inside);
  } finally {
    await child.destroy();
  }
}

/** Whether a mount of the sandbox is still shared: a parent may not make its own tree private. */
export function stillShared({ ground, parent }: Trial, mountPoint: string): Expectation {
  const [expected, otherwise] = ['shared, as before', 'no longer shared'];
  return {
    expected,
    observed: isShared(ground.read('mountinfo'), mountPoint) ? expected : otherwise,
    command: `grep ' ${mountPoint} ' /proc/${parent.pid}/mountinfo`,
  };
}

/** Whether nothing has been mounted or unmounted in the sandbox, also if it was taken back. */
export function asItWas({ ground, parent }: Trial): Expectation {
  return {
    expected: 'as it was, the whole time',
    observed: ground.remounted ? 'something was mounted or unmounted there' : 'as it was, the whole time',
    command: `cat /proc/${parent.pid}/mountinfo`,
  };
}

/** Whether a mount is one of a group of peers: the field `shared:N` of mountinfo. */
function isShared(mountinfo: string, mountPoint: string): boolean {
  const line = mountinfo.split('\n').find((found) => found.split(' ')[4] === mountPoint);
  return / shared:\d+ /.test(line ?? '');
}
