/** Who the users of a sandbox are outside: nobody. */
import { randomInt } from 'node:crypto';
import { CallFailure } from '../executor/failure.ts';
import { perform } from '../executor/perform.ts';
import { type IdRange, isRootWithIds } from '../proc/id-maps.ts';
import { takeName, unixSocket } from '../syscalls/network.ts';

export interface Identities {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** Root of the sandbox, as the host counts. */
  readonly root: number;
  /** Whether there are more ids in it than root's. */
  readonly hasRange: boolean;
}

/** Above the range that the kit's containers get, and ids that no account has. */
export const START = 1_100_000_000;
const COUNT = 65_536;
/** So many sandboxes can be there at once; the ids stay below 2^31, which not all programs can count beyond. */
const SLOTS = 7000;
/** Where the kit, run inside as root, looks for ids of its own: see settings/users. */
const INNER_START = 1_000_000_000;

/** Whether an id belongs to some sandbox. */
export function isSandboxId(id: number): boolean {
  return id >= START && id < START + SLOTS * 2 * COUNT;
}

/**
 * With real root a sandbox has two ranges of ids that nobody has, and no other
 * sandbox: one for itself, and one for the containers that are made in it. An
 * ordinary user can give it no more than their own id.
 */
export function identities(slot: number): Identities {
  if (!isRootWithIds()) {
    const [uid, gid] = [process.geteuid?.() ?? 0, process.getegid?.() ?? 0];
    return { uids: [one(uid)], gids: [one(gid)], root: uid, hasRange: false };
  }
  const start = START + slot * 2 * COUNT;
  const ranges = [
    { inside: 0, outside: start, count: COUNT },
    { inside: INNER_START, outside: start + COUNT, count: COUNT },
  ];
  return { uids: ranges, gids: ranges, root: start, hasRange: true };
}

/**
 * Chooses ids that no other sandbox has: the name of a socket can be taken only
 * once, and it is free again when the socket is closed, also by a process that
 * is killed. Returns the socket, too.
 */
export function takeIdentities(): { readonly identities: Identities; readonly socket: number } {
  const first = randomInt(SLOTS);
  for (let tries = 0; tries < SLOTS; tries++) {
    const slot = (first + tries) % SLOTS;
    const socket = unixSocket();
    try {
      const { results } = perform([socket, takeName(socket, `container-lab/sandbox${slot}`)]);
      return { identities: identities(slot), socket: results[0] ?? -1 };
    } catch (error) {
      if (!(error instanceof CallFailure && error.errno === 'EADDRINUSE')) throw error;
    }
  }
  throw new Error('All ids for sandboxes are taken.');
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
