/** Whether file systems in memory keep what users attach to a file: tmpfs does since Linux 6.6. */

import { closeSync } from 'node:fs';
import { attempt } from '../executor/perform.ts';
import { setAttribute } from '../syscalls/attributes.ts';
import { makeMemoryFile } from '../syscalls/files.ts';

/** A file in memory is on a tmpfs of the kernel's own. */
export function keepsAttributes(): boolean {
  const { result: fd } = attempt(makeMemoryFile('attributes'));
  if (fd < 0) return false;
  try {
    return attempt(setAttribute(`/proc/self/fd/${fd}`, 'user.overlay.opaque', 'y')).result === 0;
  } finally {
    closeSync(fd);
  }
}
