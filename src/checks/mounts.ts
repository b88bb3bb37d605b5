/** Mount namespaces: all that is in one, and whether the sandbox's is as it was. */
import { setTimeout as sleep } from 'node:timers/promises';
import { Child } from '../executor/child.ts';
import { CallFailure } from '../executor/failure.ts';
import { entersUserFirst } from '../proc/nsenter.ts';
import type { Call } from '../syscalls/call.ts';
import { openat } from '../syscalls/files.ts';
import { CLONE_NEWNS, CLONE_NEWUSER, MNT, MS_PRIVATE, MS_REC, O_RDONLY } from '../syscalls/flags.ts';
import { mount, umount } from '../syscalls/mounts.ts';
import { setns, unshare, userNamespaceOf } from '../syscalls/namespaces.ts';
import { handOver, setDumpable, waitForSignal } from '../syscalls/processes.ts';
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

/** So many mounts can lie on one another before nobody looks any further. */
const MOST_LAYERS = 4;

/**
 * What root of a mount namespace finds when it unmounts the namespace's root:
 * `DEVICE:INODE` of each root below, the first first. A root that pivot_root(2)
 * has put in the place of another is held there as the other was.
 */
export async function rootsBelow(of: Process, layers = MOST_LAYERS): Promise<string[]> {
  const mounts = openat(`/proc/${of.pid}/ns/mnt`, O_RDONLY);
  const user = openat(`/proc/${of.pid}/ns/user`, O_RDONLY);
  const away = umount('/', MNT.MNT_DETACH);
  const child = new Child(
    [
      mounts,
      user,
      handOver(),
      setns(user, CLONE_NEWUSER),
      setns(mounts, CLONE_NEWNS),
      // A copy: nothing is changed for those who are in there.
      unshare(CLONE_NEWNS),
      mount('none', '/', null, MS_REC | MS_PRIVATE),
      away,
      setDumpable(true),
      waitForSignal(),
    ],
    0,
    {},
  );
  try {
    const peeled = new Process(child.pid);
    // Of its own root, which is mounted nowhere any more, it sees no mount.
    for (let tries = 0; tries < TRIES && peeled.lives && !isBare(peeled); tries++) await sleep(PAUSE_MS);
    if (!peeled.lives) return await nothingIf(child, away);
    const found = await lookAtMounts(peeled, (view) => view.directory('root'));
    return layers > 1 ? [found, ...(await rootsBelow(peeled, layers - 1))] : [found];
  } finally {
    await child.destroy();
  }
}

/** The kernel refuses to unmount it: what is below cannot be reached. @throws CallFailure for any other failure */
async function nothingIf(child: Child, refused: Call): Promise<string[]> {
  try {
    await child.wait();
  } catch (error) {
    if (error instanceof CallFailure && error.failed.call === refused) return [];
    throw error;
  }
  return [];
}

function isBare(process: Process): boolean {
  try {
    return process.mounts.length === 0;
  } catch {
    return false; // Not yet, or it has ended.
  }
}

/** Whether a mount of the sandbox is still shared: a parent may not make its own tree private. */
export function stillShared({ ground, parent, history }: Trial, mountPoint: string): Expectation {
  const expected = 'shared, as before';
  const again = history?.changed('mount', ground.namespace('mnt')) ? 'shared again, but not all the time' : expected;
  return {
    expected,
    observed: isShared(ground.read('mountinfo'), mountPoint) ? again : 'no longer shared',
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

/**
 * Expects that all was mounted when a program began: nothing has been mounted or
 * unmounted in its mount namespace since, also if that was taken back.
 * @throws CheckFailed
 */
export function expectMountedInTime(trial: Trial, program: Process): void {
  const beginning = trial.beginningOf(program);
  if (!beginning) return; // The kernel does not tell.
  const expected = 'as it was when the program began';
  trial.expect("the program's mount table", {
    expected,
    observed: beginning.remounted ? 'something was mounted or unmounted there afterwards' : expected,
    command: `cat /proc/${program.pid}/mountinfo`,
  });
}

/** What is seen of a mount of a program's, and whether there have been others since the program began. */
export function sinceItBegan(trial: Trial, program: Process, observed: string): string {
  return trial.beginningOf(program)?.remounted ? `${observed}, but not since the program began` : observed;
}

/** Whether a mount is one of a group of peers: the field `shared:N` of mountinfo. */
function isShared(mountinfo: string, mountPoint: string): boolean {
  const line = mountinfo.split('\n').find((found) => found.split(' ')[4] === mountPoint);
  return / shared:\d+ /.test(line ?? '');
}
