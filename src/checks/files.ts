/** What there is at paths of a container, as its kernel says it. */
import { lstatSync } from 'node:fs';
import { tolerating } from '../syscalls/call.ts';
import { openat } from '../syscalls/files.ts';
import { O_NOFOLLOW, O_PATH } from '../syscalls/flags.ts';
import { lookInto } from './inside.ts';
import type { Process } from './process.ts';

/** Which of some paths are there, from the top of a process's mount namespace on. A link at the end is there itself. */
export async function pathsThere(of: Process, paths: readonly string[]): Promise<ReadonlySet<string>> {
  const there = new Set<string>();
  for (const path of paths) {
    const look = tolerating('ENOENT', openat(path, O_PATH | O_NOFOLLOW));
    if (((await lookInto(of, 'mnt', [look])).result(look) ?? -1) >= 0) there.add(path);
  }
  return there;
}

/** Whether a name at the top of what a process finds is a symbolic link, so that what is below is in another place. */
export function isLink({ pid }: Process, path: string): boolean {
  return lstatSync(`/proc/${pid}/root${path}`, { throwIfNoEntry: false })?.isSymbolicLink() ?? false;
}

/** An overlay can put the number of a layer into the upper half. */
const INODE_BITS = 32;

/** Whether a file that a process finds is a given one, and no copy of it: by its inode. */
export function isSameFile({ pid }: Process, path: string, file: string): boolean {
  try {
    const [found, wanted] = [`/proc/${pid}/root${path}`, file].map((one) => lstatSync(one, { bigint: true }).ino);
    return BigInt.asUintN(INODE_BITS, found ?? 0n) === BigInt.asUintN(INODE_BITS, wanted ?? 1n);
  } catch {
    return false;
  }
}
