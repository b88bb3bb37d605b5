/** What each step asks of the kernel: the namespaces, which add up from step to step. */
import {
  CLONE_NEWIPC,
  CLONE_NEWNET,
  CLONE_NEWNS,
  CLONE_NEWPID,
  CLONE_NEWUSER,
  CLONE_NEWUTS,
} from '../syscalls/flags.ts';

/** A kind of namespace: its flag, its file in /proc/self/ns, its kernel option. */
export interface Kind {
  readonly name: 'uts' | 'ipc' | 'pid' | 'mnt' | 'user' | 'net';
  readonly flag: number;
  readonly option: string;
  /** The first step that has it. */
  readonly since: number;
}

export const KINDS: readonly Kind[] = [
  { name: 'uts', flag: CLONE_NEWUTS, option: 'CONFIG_UTS_NS', since: 1 },
  { name: 'ipc', flag: CLONE_NEWIPC, option: 'CONFIG_IPC_NS', since: 2 },
  { name: 'pid', flag: CLONE_NEWPID, option: 'CONFIG_PID_NS', since: 3 },
  { name: 'mnt', flag: CLONE_NEWNS, option: 'CONFIG_NAMESPACES', since: 4 },
  { name: 'user', flag: CLONE_NEWUSER, option: 'CONFIG_USER_NS', since: 5 },
  { name: 'net', flag: CLONE_NEWNET, option: 'CONFIG_NET_NS', since: 6 },
];

export const STEP_NAMES = ['clone', 'uts', 'ipc', 'pid', 'mount', 'user', 'net', 'cgroups', 'chroot'] as const;

/** The step that sets limits; it alone needs cgroups. */
export const CGROUPS_STEP = 7;

export type Who = 'root' | 'rootless';

/** The namespaces of a step. Without root, all but step 0 need a user namespace. */
export function kindsOf(step: number, who: Who): Kind[] {
  return KINDS.filter(({ name, since }) => since <= step || (name === 'user' && who === 'rootless' && step > 0));
}
