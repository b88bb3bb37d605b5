/** Which ids a container gets by default. */
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
}

/**
 * The maps of a run: those that were asked for, or else root inside is the
 * caller; with real root, the user who called sudo, or else an unprivileged
 * range. Never real root.
 */
export function idMaps(settings: Pick<Settings, 'uidMap' | 'gidMap'>, caller = currentCaller()): IdMaps {
  const privileged = caller.uid === 0;
  return {
    uids: settings.uidMap ?? [privileged ? unprivileged(caller.sudoUid) : rootIs(caller.uid)],
    gids: settings.gidMap ?? [privileged ? unprivileged(caller.sudoGid) : rootIs(caller.gid)],
    denySetgroups: !privileged,
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
  };
}
