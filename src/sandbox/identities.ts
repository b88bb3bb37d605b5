/** Who the users of a sandbox are outside: nobody. */
import type { IdRange } from '../proc/id-maps.ts';

export interface Identities {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** Root of the sandbox, as the host counts. */
  readonly root: number;
  /** Whether there are more ids in it than root's. */
  readonly hasRange: boolean;
}

/** Above the range that the kit's containers get, and ids that no account has. */
const START = 1_100_000_000;
const COUNT = 65_536;
/** Where the kit, run inside as root, looks for ids of its own: see settings/users. */
const INNER_START = 1_000_000_000;

/**
 * With real root a sandbox has two ranges of ids that nobody has: one for
 * itself, and one for the containers that are made in it. An ordinary user can
 * give it no more than their own id.
 */
export function identities(uid = process.geteuid?.() ?? 0, gid = process.getegid?.() ?? 0): Identities {
  if (uid !== 0) return { uids: [one(uid)], gids: [one(gid)], root: uid, hasRange: false };
  const ranges = [
    { inside: 0, outside: START, count: COUNT },
    { inside: INNER_START, outside: START + COUNT, count: COUNT },
  ];
  return { uids: ranges, gids: ranges, root: START, hasRange: true };
}

function one(outside: number): IdRange {
  return { inside: 0, outside, count: 1 };
}

/** The id outside of an id inside; undefined if it has none. */
export function outsideId(ranges: readonly IdRange[], inside: number): number | undefined {
  const range = ranges.find((candidate) => inside >= candidate.inside && inside < candidate.inside + candidate.count);
  return range && range.outside + inside - range.inside;
}

/** The id inside of an id outside; undefined if it has none. */
export function insideId(ranges: readonly IdRange[], outside: number): number | undefined {
  const swapped = ranges.map((range) => ({ inside: range.outside, outside: range.inside, count: range.count }));
  return outsideId(swapped, outside);
}
