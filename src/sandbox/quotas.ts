/**
 * What the kernel counts for each user. A user namespace may use no more of it
 * than its own files in /proc/sys/user say, and what is used in it is counted
 * for its owner, too: without a bound a sandbox of an ordinary user takes all
 * that the user has. Sources: namespaces(7), inotify(7), fanotify(7).
 */
import { existsSync } from 'node:fs';
import type { Call } from '../syscalls/call.ts';
import { writeFile } from '../syscalls/files.ts';

const NAMESPACES = 1000;
const MOST = {
  max_inotify_instances: 32,
  max_inotify_watches: 4096,
  max_fanotify_groups: 16,
  max_fanotify_marks: 4096,
  max_ipc_namespaces: NAMESPACES,
  max_mnt_namespaces: NAMESPACES,
  max_net_namespaces: NAMESPACES,
  max_pid_namespaces: NAMESPACES,
  max_time_namespaces: NAMESPACES,
  max_user_namespaces: NAMESPACES,
  max_uts_namespaces: NAMESPACES,
};

/** The calls that bound a caller's user namespace, and all below it; `proc` is where it has a /proc. */
export function boundQuotas(proc: string): Call[] {
  return (
    Object.entries(MOST)
      // Some are younger than others.
      .filter(([name]) => existsSync(`/proc/sys/user/${name}`))
      .flatMap(([name, most]) => writeFile(`${proc}/sys/user/${name}`, String(most)))
  );
}
