/** What to look at from a second terminal, for each kind of call. */
import { dirname, join } from 'node:path';
import type { Site } from '../lab/observer.ts';
import type { Call } from '../syscalls/call.ts';
import { pathWrittenBy } from '../syscalls/files.ts';
import { within } from './enter.ts';

const inside = (pid: number, flag: string, command: string) => within(pid, flag, [command]).join(' ');

/** By the name of the call: about the child, whose number is seen from outside. */
const AT_CHILD: Readonly<Record<string, (pid: number) => string>> = {
  clone: (pid) => `lsns -p ${pid}`,
  sethostname: (pid) => inside(pid, '-u', 'hostname'),
  mount: (pid) => `cat /proc/${pid}/mountinfo`,
  move_mount: (pid) => `cat /proc/${pid}/mountinfo`,
  chroot: (pid) => `ls -l /proc/${pid}/root`,
  chdir: (pid) => `ls -l /proc/${pid}/cwd`,
  fchdir: (pid) => `ls -l /proc/${pid}/cwd`,
  setresuid: (pid) => `grep Uid /proc/${pid}/status`,
  setresgid: (pid) => `grep Gid /proc/${pid}/status`,
  setgroups: (pid) => `grep Groups /proc/${pid}/status`,
  sendto: (pid) => `ip link; ${inside(pid, '-n', 'ip link')}`,
  ioctl: (pid) => inside(pid, '-n', 'ip address'),
  read: (pid) => `cat /proc/${pid}/wchan`,
};

/** Calls of the parent that change something out here. */
const AT_PARENT: Readonly<Record<string, string>> = { ioctl: 'ip address', sendto: 'ip link', recvfrom: 'ip link' };

/** Calls that are about descriptors, and nothing else. */
const DESCRIPTORS = ['openat', 'close', 'pipe2', 'socket', 'open_tree'];

/** A command that shows what a call is about; `child` is the child's number, seen from outside. */
export function lookAt({ side, pid, call }: Site, child: number | undefined): string {
  const path = pathWrittenBy(call) ?? pathIn(call);
  if (path?.startsWith('/')) return atPath(path, call);
  if (path !== undefined && side === 'child') return `ls -l ${join(`/proc/${pid}/cwd`, dirname(path))}/`;
  const { name } = call.info;
  const outside = side === 'parent' && (child === undefined || name === 'ioctl') ? AT_PARENT[name] : undefined;
  if (outside) return outside;
  if (child === undefined || DESCRIPTORS.includes(name)) return `ls -l /proc/${pid}/fd`;
  return (AT_CHILD[name] ?? ((process) => `cat /proc/${process}/status; lsns -p ${process}`))(child);
}

/** The path that a call opens or makes. */
function pathIn({ info, args }: Call): string | undefined {
  const path = { openat: args[1], mkdirat: args[1], symlinkat: args[2] }[info.name];
  return typeof path === 'string' && path !== '' ? path : undefined;
}

function atPath(path: string, { info }: Call): string {
  if (info.name === 'mkdirat') return `ls -d ${path}`;
  return /^\/proc\/\w+\/ns\//.test(path) || !/^\/(proc|sys)\//.test(path) ? `ls -ld ${path}` : `cat ${path}`;
}
