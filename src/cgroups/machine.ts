/** What the planning of a cgroup has to know of the machine; a test gives its own. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSetting } from '../proc/cgroup-files.ts';
import { isInitialMap } from '../proc/id-maps.ts';
import { lacking, parseStatus } from '../proc/status.ts';
import { CAP } from '../syscalls/flags.ts';

export interface Machine {
  /** /proc/self/mountinfo. */
  readonly mountinfo: string;
  /** /proc/self/cgroup. */
  readonly cgroup: string;
  /** /proc/swaps, or nothing on a kernel without swap. */
  readonly swaps: string;
  /** An ordinary user, who has only what was delegated. */
  readonly rootless: boolean;
  /** Whether the kernel takes programs of eBPF from this process: from real root, and not from root of a user namespace. */
  readonly mayLoadPrograms: boolean;
  /** Whose disk `deviceWriteBps` is about. */
  readonly directory: string;
  canWrite(path: string): boolean;
}

export function thisMachine(): Machine {
  return {
    mountinfo: readFileSync('/proc/self/mountinfo', 'utf8'),
    cgroup: readFileSync('/proc/self/cgroup', 'utf8'),
    swaps: readSetting('/proc', 'swaps') ?? '',
    rootless: process.geteuid?.() !== 0,
    mayLoadPrograms: isInitialMap(readSetting('/proc/self', 'uid_map') ?? '') && hasProgramRights(),
    directory: process.cwd(),
    canWrite,
  };
}

/** Since Linux 5.8 CAP_BPF and CAP_NET_ADMIN do, and CAP_SYS_ADMIN always did. */
function hasProgramRights(): boolean {
  const { effective } = parseStatus(readFileSync('/proc/self/status', 'utf8'));
  const { CAP_BPF, CAP_NET_ADMIN, CAP_SYS_ADMIN } = CAP;
  return (
    lacking(effective, { CAP_SYS_ADMIN }).length === 0 || lacking(effective, { CAP_BPF, CAP_NET_ADMIN }).length === 0
  );
}

/** access(2): root may write nearly everything, but not on a file system that is mounted read-only. */
function canWrite(path: string): boolean {
  try {
    accessSync(path, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** Whether a directory is the top of its hierarchy, and not just the top of a cgroup namespace. */
export function isHierarchyTop(directory: string, version: 1 | 2): boolean {
  return version === 1 ? existsSync(join(directory, 'release_agent')) : !existsSync(join(directory, 'cgroup.type'));
}
