/** Which ids a container gets by default. */
import { readFileSync } from 'node:fs';
import type { IdRange, Settings } from './settings.ts';

export interface IdMaps {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** The kernel lets a process without CAP_SETGID write gid_map only after this. */
  readonly denySetgroups: boolean;
}

/** Ids that no account has: far above those of people and of /etc/subuid's usual start. */
const UNPRIVILEGED_START = 1_000_000_000;
const UNPRIVILEGED_COUNT = 65_536;

interface Caller {
  readonly uid: number;
  readonly gid: number;
  readonly sudoUid?: string | undefined;
  readonly sudoGid?: string | undefined;
  /** Root of a user namespace that has been given no more ids than its own. */
  readonly alone?: boolean;
  /** setgroups(2) was denied in the caller's user namespace, and so it is in those below. */
  readonly deniesSetgroups?: boolean;
}

/**
 * The maps of a run: those that were asked for, or else root inside is the
 * caller; with real root, the user who called sudo, or else an unprivileged
 * range. Never real root.
 */
export function idMaps(settings: Pick<Settings, 'uidMap' | 'gidMap'>, caller = currentCaller()): IdMaps {
  const privileged = caller.uid === 0;
  return {
    uids: settings.uidMap ?? [privileged && !caller.alone ? unprivileged(caller.sudoUid) : rootIs(caller.uid)],
    gids: settings.gidMap ?? [privileged && !caller.alone ? unprivileged(caller.sudoGid) : rootIs(caller.gid)],
    denySetgroups: !privileged || caller.deniesSetgroups === true,
  };
}

function unprivileged(sudoId: string | undefined): IdRange {
  const id = Number(sudoId ?? 0);
  return id > 0 ? rootIs(id) : { inside: 0, outside: UNPRIVILEGED_START, count: UNPRIVILEGED_COUNT };
}

function rootIs(outside: number): IdRange {
  return { inside: 0, outside, count: 1 };
}

function currentCaller(): Caller {
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    sudoUid: process.env.SUDO_UID,
    sudoGid: process.env.SUDO_GID,
    alone: !isMapped(UNPRIVILEGED_START),
    deniesSetgroups: read('/proc/self/setgroups').trim() === 'deny',
  };
}

/** Whether the caller's user namespace has an id; without user namespaces all ids are there. */
function isMapped(id: number): boolean {
  const ranges = parseIdMap(read('/proc/self/uid_map'));
  return ranges.length === 0 || ranges.some(({ inside, count }) => id >= inside && id < inside + count);
}

/** The lines of a uid_map or gid_map. Source: user_namespaces(7). */
export function parseIdMap(text: string): IdRange[] {
  return text
    .split('\n')
    .map((line) => line.trim().split(/\s+/).map(Number))
    .filter((numbers) => numbers.length === 3)
    .map(([inside = 0, outside = 0, count = 0]) => ({ inside, outside, count }));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
