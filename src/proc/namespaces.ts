/** The kinds of namespaces, in one table. Source: namespaces(7), nsenter(1). */
import { CLONE } from '../syscalls/flags.ts';

export type NamespaceKind = 'uts' | 'ipc' | 'pid' | 'mnt' | 'user' | 'net' | 'cgroup' | 'time';

export interface Namespace {
  /** The name of its file in /proc/PID/ns. */
  readonly kind: NamespaceKind;
  /** For clone(2), unshare(2) and setns(2). */
  readonly flag: number;
  /** The option of nsenter(1) that enters it. */
  readonly nsenter: string;
  /** The option with which a kernel is built to have it. */
  readonly option: string;
}

export const NAMESPACES: readonly Namespace[] = [
  { kind: 'uts', flag: CLONE.CLONE_NEWUTS, nsenter: '--uts', option: 'CONFIG_UTS_NS' },
  { kind: 'ipc', flag: CLONE.CLONE_NEWIPC, nsenter: '--ipc', option: 'CONFIG_IPC_NS' },
  { kind: 'pid', flag: CLONE.CLONE_NEWPID, nsenter: '--pid', option: 'CONFIG_PID_NS' },
  { kind: 'mnt', flag: CLONE.CLONE_NEWNS, nsenter: '--mount', option: 'CONFIG_NAMESPACES' },
  { kind: 'user', flag: CLONE.CLONE_NEWUSER, nsenter: '--user', option: 'CONFIG_USER_NS' },
  { kind: 'net', flag: CLONE.CLONE_NEWNET, nsenter: '--net', option: 'CONFIG_NET_NS' },
  { kind: 'cgroup', flag: CLONE.CLONE_NEWCGROUP, nsenter: '--cgroup', option: 'CONFIG_CGROUPS' },
  { kind: 'time', flag: CLONE.CLONE_NEWTIME, nsenter: '--time', option: 'CONFIG_TIME_NS' },
];

/** The CLONE_NEW flags of some kinds, in one number. */
export function flagsOf(kinds: Iterable<NamespaceKind>): number {
  const wanted = new Set(kinds);
  return NAMESPACES.filter(({ kind }) => wanted.has(kind)).reduce((flags, { flag }) => flags | flag, 0);
}
