/** /proc/PID/uid_map and gid_map as values. Source: user_namespaces(7). */

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
