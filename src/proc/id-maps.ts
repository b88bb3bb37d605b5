/** /proc/PID/uid_map and gid_map as values. Source: user_namespaces(7). */
import { readFileSync } from 'node:fs';

/** One line: `inside outside count`. */
export interface IdRange {
  readonly inside: number;
  readonly outside: number;
  readonly count: number;
}

/** nobody and nogroup, on most distributions. */
const NOBODY = 65534;

/** The lines of a map. */
export function parseIdMap(text: string): IdRange[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((numbers) => numbers.length === 3)
    .map(([inside = 0, outside = 0, count = 0]) => ({ inside, outside, count }));
}

/** An id that is there and is not root's: nobody's if there is one. */
export function ordinaryId(map: string): number | undefined {
  const ranges = parseIdMap(map).map(({ inside, count }) => ({ first: inside, last: inside + count - 1 }));
  if (ranges.some(({ first, last }) => first <= NOBODY && NOBODY <= last)) return NOBODY;
  return ranges.filter(({ last }) => last > 0).map(({ first }) => Math.max(first, 1))[0];
}

/** Whether a map is that of the first user namespace, which has every id, and each as itself. */
export function isInitialMap(map: string): boolean {
  return /^\s*0\s+0\s+4294967295\s*$/.test(map) || map.trim() === '';
}

/**
 * Whether this process is root with ids to give away. Root of a user namespace
 * that one line made, as with `unshare -Ur`, has none but its own: it is the
 * ordinary user who made it.
 */
export function isRootWithIds(): boolean {
  return process.geteuid?.() === 0 && idCount(readMap('uid')) > 1 && idCount(readMap('gid')) > 1;
}

/** How many ids a map has; without user namespaces there is none, and all ids are there. */
export function idCount(map: string): number {
  const ranges = parseIdMap(map);
  return ranges.length === 0 ? Number.POSITIVE_INFINITY : ranges.reduce((sum, { count }) => sum + count, 0);
}

function readMap(kind: 'uid' | 'gid'): string {
  try {
    return readFileSync(`/proc/self/${kind}_map`, 'utf8');
  } catch {
    return '';
  }
}
