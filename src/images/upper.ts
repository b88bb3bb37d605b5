/** Which file systems can hold what an overlay writes. */
import { statfsSync } from 'node:fs';

/**
 * Their numbers: statfs(2). An upper layer takes whiteouts, attributes and
 * temporary files; network file systems, FAT and an overlay itself lack one or
 * the other, and who knows of the rest.
 */
const FIT: readonly number[] = [
  0xef53, // ext4
  0x58465342, // xfs
  0x9123683e, // btrfs
  0xf2f52010, // f2fs
  0xca451a4e, // bcachefs
];

/** Whether the file system of a directory can hold an upper layer, and on a disk. */
export function canBeUpper(directory: string): boolean {
  return FIT.includes(statfsSync(directory).type >>> 0);
}
