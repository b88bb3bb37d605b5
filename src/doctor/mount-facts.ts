/** What the mounts here mean for a container: proc_pid_mountinfo(5), mount_namespaces(7). */
import { parseMountinfo } from '../proc/mountinfo.ts';

export type Propagation = 'shared' | 'slave' | 'private';

/**
 * What hides parts of /proc. In a user namespace the kernel refuses a new proc
 * while every proc in sight is partly covered, for it would show what is
 * hidden. It does not count a directory that is always empty, as that of
 * binfmt_misc is.
 */
export function coversOfProc(mountinfo: string): string[] {
  return parseMountinfo(mountinfo)
    .map(({ mountPoint }) => mountPoint)
    .filter((path) => path.startsWith('/proc/') && path !== '/proc/sys/fs/binfmt_misc');
}

/** How mounts at `/` spread to other mount namespaces; undefined if `/` is no mount point, as in a chroot. */
export function rootPropagation(mountinfo: string): Propagation | undefined {
  // The last mount on a directory is the one that is seen.
  const line = mountinfo.split('\n').findLast((row) => row.split(' ')[4] === '/');
  if (line === undefined) return undefined;
  const optional = line.slice(0, line.indexOf(' - '));
  if (/ shared:\d+/.test(optional)) return 'shared';
  return / master:\d+/.test(optional) ? 'slave' : 'private';
}
