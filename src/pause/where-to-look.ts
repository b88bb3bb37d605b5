/** What to look at from a second terminal, as the definition of a call says. */
import { dirname, join } from 'node:path';
import type { Site } from '../lab/observer.ts';
import type { Inside } from '../syscalls/call.ts';
import { pathWrittenBy } from '../syscalls/files.ts';
import { pathOf } from '../syscalls/show.ts';
import { within } from './namespaces-view.ts';

const inside: Inside = (pid, kind, command) => within(pid, kind, [command]).join(' ');

/** A command that shows what a call is about; `child` is the last child's number, seen from outside. */
export function lookAt({ side, pid, call }: Site, child: number | undefined): string {
  const { look = {}, subject } = call.info;
  const path = pathWrittenBy(call) ?? pathOf(call);
  if (path?.startsWith('/')) return (look.path ?? atPath)(side === 'child' ? seenBy(pid, path) : path);
  if (path !== undefined && side === 'child') return `ls -l ${join(`/proc/${pid}/cwd`, dirname(path))}/`;
  if (side === 'parent' && look.parent) return look.parent(child, inside);
  const changed = side === 'child' ? pid : child;
  if (changed === undefined || subject === 'descriptors') return `ls -l /proc/${pid}/fd`;
  return look.child?.(changed, inside) ?? `cat /proc/${changed}/status; lsns -p ${changed}`;
}

/** Its root may be an image; /proc and /sys tell the same everywhere, as far as they are there. */
function seenBy(pid: number, path: string): string {
  return /^\/(proc|sys)\//.test(path) ? path : `/proc/${pid}/root${path}`;
}

function atPath(path: string): string {
  return /^\/proc\/(\w+\/ns|\d+\/root)\//.test(path) || !/^\/(proc|sys)\//.test(path)
    ? `ls -ld ${path}`
    : `cat ${path}`;
}
