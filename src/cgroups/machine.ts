/** What the planning of a cgroup has to know of the machine; a test gives its own. */
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSetting } from '../proc/cgroup-files.ts';

export interface Machine {
  /** /proc/self/mountinfo. */
  readonly mountinfo: string;
  /** /proc/self/cgroup. */
  readonly cgroup: string;
  /** /proc/swaps, or nothing on a kernel without swap. */
  readonly swaps: string;
  /** An ordinary user, who has only what was delegated. */
  readonly rootless: boolean;
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
    directory: process.cwd(),
    canWrite,
  };
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
