/** Whether the sandbox's mounts are still shared: a parent may not make its own tree private. */
import type { Expectation } from './expectation.ts';
import type { Trial } from './trial.ts';

export function stillShared({ parent }: Trial, mountPoint: string): Expectation {
  const [expected, otherwise] = ['shared, as before', 'no longer shared'];
  return {
    expected,
    observed: isShared(parent.read('mountinfo'), mountPoint) ? expected : otherwise,
    command: `grep ' ${mountPoint} ' /proc/${parent.pid}/mountinfo`,
  };
}

/** Whether a mount is one of a group of peers: the field `shared:N` of mountinfo. */
function isShared(mountinfo: string, mountPoint: string): boolean {
  const line = mountinfo.split('\n').find((found) => found.split(' ')[4] === mountPoint);
  return / shared:\d+ /.test(line ?? '');
}
