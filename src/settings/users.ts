/** Who is who inside and outside: `linux.uidMappings` and `linux.gidMappings` of config.json. */
import { readFileSync } from 'node:fs';
import { type SudoUser, sudoUser } from '../command-line/sudo-user.ts';
import { UsageError } from '../command-line/usage-error.ts';
import { type IdRange, parseIdMap } from '../proc/id-maps.ts';
import type { SubjectOption } from './option.ts';

/** What was asked for; the default depends on who runs the kit: see idMaps. */
export interface Users {
  readonly uidMappings?: readonly IdRange[];
  readonly gidMappings?: readonly IdRange[];
}

export const DEFAULT_USERS: Users = {};

/** The maps of a run. */
export interface IdMaps {
  readonly uids: readonly IdRange[];
  readonly gids: readonly IdRange[];
  /** The kernel lets a process without CAP_SETGID write gid_map only after this. */
  readonly denySetgroups: boolean;
}

/** Ids that no account has: far above those of people and of /etc/subuid's usual start. */
const UNPRIVILEGED_START = 1_000_000_000;
const UNPRIVILEGED_COUNT = 65_536;
const MAX_ID = 4_294_967_294;

/** Who runs the kit. */
interface Runner extends SudoUser {
  /** The user who ran sudo. */
  readonly sudo?: SudoUser | undefined;
  /** Root of a user namespace that has no more ids than its own. */
  readonly alone?: boolean;
  /** setgroups(2) was denied in the runner's user namespace, and so it is in those below. */
  readonly deniesSetgroups?: boolean;
}

/**
 * The maps of a run: those that were asked for, or else root inside is the
 * user who runs the kit; with real root, the user who ran sudo, or else an
 * unprivileged range. Never real root.
 */
export function idMaps({ uidMappings, gidMappings }: Users, runner = currentRunner()): IdMaps {
  const { uid, gid, sudo, alone = false, deniesSetgroups = false } = runner;
  const privileged = uid === 0;
  const defaultFor = (own: number, sudoId: number | undefined): IdRange =>
    privileged && !alone ? unprivileged(sudoId) : rootIs(own);
  return {
    uids: uidMappings ?? [defaultFor(uid, sudo?.uid)],
    gids: gidMappings ?? [defaultFor(gid, sudo?.gid)],
    denySetgroups: !privileged || deniesSetgroups,
  };
}

/**
 * user_namespaces(7): without privilege a map has one line, and that is about one's own id.
 * @throws UsageError for maps that the kernel would refuse to this user
 */
export function checkOwnMaps({ uidMappings, gidMappings }: Users): void {
  checkOwnMap('--uid-map', uidMappings, process.geteuid?.() ?? 0);
  checkOwnMap('--gid-map', gidMappings, process.getegid?.() ?? 0);
}

function checkOwnMap(option: string, ranges: readonly IdRange[] | undefined, own: number): void {
  if (ranges === undefined) return;
  const [range, ...others] = ranges;
  if (others.length === 0 && range?.outside === own && range.count === 1) return;
  throw new UsageError(`${option}: without root the kernel maps your own id and no other: ${option} 0:${own}:1.`);
}

/** Who root inside is, outside. */
export function rootOutside(users: Users): { readonly uid: number; readonly gid: number } {
  const { uids, gids } = idMaps(users);
  const [uid = 0, gid = 0] = [uids, gids].map((ranges) => ranges.find(({ inside }) => inside === 0)?.outside);
  return { uid, gid };
}

function unprivileged(sudoId = 0): IdRange {
  return sudoId > 0 ? rootIs(sudoId) : { inside: 0, outside: UNPRIVILEGED_START, count: UNPRIVILEGED_COUNT };
}

function rootIs(outside: number): IdRange {
  return { inside: 0, outside, count: 1 };
}

function currentRunner(): Runner {
  return {
    uid: process.geteuid?.() ?? 0,
    gid: process.getegid?.() ?? 0,
    sudo: sudoUser(),
    alone: !isMapped(UNPRIVILEGED_START),
    deniesSetgroups: read('/proc/self/setgroups').trim() === 'deny',
  };
}

/** Whether our user namespace has an id; without user namespaces all ids are there. */
function isMapped(id: number): boolean {
  const ranges = parseIdMap(read('/proc/self/uid_map'));
  return ranges.length === 0 || ranges.some(({ inside, count }) => id >= inside && id < inside + count);
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** `0:100000:65536`: inside, outside, count, as in user_namespaces(7). */
export function idRange(text: string): IdRange {
  const [inside, outside, count] = text.split(':').map((part) => (/^\d+$/.test(part) ? Number(part) : Number.NaN));
  const whole = inside !== undefined && outside !== undefined && count !== undefined && text.split(':').length === 3;
  if (!whole || !(count > 0) || !(inside + count <= MAX_ID + 1) || !(outside + count <= MAX_ID + 1)) {
    throw new UsageError(`${JSON.stringify(text)} is not INSIDE:OUTSIDE:COUNT, such as 0:100000:65536`);
  }
  return { inside, outside, count };
}

const VALUE = 'INSIDE:OUTSIDE:COUNT';

export const usersOptions: readonly SubjectOption<Users>[] = [
  {
    name: '--uid-map',
    value: VALUE,
    about: 'user',
    help: 'user ids; may be given several times',
    set: (users, text) => ({ ...users, uidMappings: [...(users.uidMappings ?? []), idRange(text)] }),
  },
  {
    name: '--gid-map',
    value: VALUE,
    about: 'user',
    help: 'group ids; may be given several times',
    set: (users, text) => ({ ...users, gidMappings: [...(users.gidMappings ?? []), idRange(text)] }),
  },
];
