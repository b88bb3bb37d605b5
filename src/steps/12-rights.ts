/** What a program may do: its user, its capabilities, new privileges, and its system calls. */
import { readSetting } from '../proc/cgroup-files.ts';
import { capabilitiesOf, type Rights } from '../settings/rights.ts';
import type { Settings } from '../settings/settings.ts';
import { idMaps, type Users } from '../settings/users.ts';
import { type Call, tolerating } from '../syscalls/call.ts';
import { CAP, type Capability } from '../syscalls/flags.ts';
import {
  dropBounding,
  dropGroups,
  joinNewKeyring,
  keepPermitted,
  noNewPrivileges,
  raiseAmbient,
  setCapabilities,
  setGroup,
  setUser,
} from '../syscalls/identity.ts';

/** The capabilities that this kernel has, of those that the kit knows. */
export function allCapabilities(): Capability[] {
  const names = Object.keys(CAP).filter((name): name is Capability => name in CAP);
  return names.filter((name) => CAP[name] <= lastCapability());
}

/** The bit of the kernel's last one. */
function lastCapability(): number {
  return Number(readSetting('/proc/sys/kernel', 'cap_last_cap') ?? Math.max(...Object.values(CAP)));
}

/** What the container keeps. */
export function keptCapabilities(rights: Rights): Capability[] {
  return capabilitiesOf(rights, allCapabilities());
}

// #region order
/**
 * Gives up rights, in the order in which runc does it. Each line takes a right
 * that a later one gives up.
 */
export function giveUpRights(
  { rights, users }: Pick<Settings, 'rights' | 'users'>,
  filtering: readonly Call[],
): Call[] {
  const kept = keptCapabilities(rights);
  return [
    // Keys of the session that began the container are out of reach. The filter will forbid keyctl.
    tolerating('ENOSYS', joinNewKeyring()),
    // Unless new privileges are given up, a filter takes CAP_SYS_ADMIN: so it comes before all that follows.
    ...(rights.noNewPrivileges ? [] : filtering),
    // Takes CAP_SETPCAP. No program that is executed can have them again.
    ...dropOthers(kept),
    // Takes CAP_SETGID and CAP_SETUID, and with root's id go root's capabilities.
    ...(rights.user ? becomeUser(rights, users) : []),
    // Only less than before, so nothing is needed for it.
    ...setKept(rights, kept),
    ...(rights.noNewPrivileges ? [noNewPrivileges()] : []),
    // As late as possible: the filter need not allow what came before.
    ...(rights.noNewPrivileges ? filtering : []),
  ];
}
// #endregion order

function dropOthers(kept: readonly Capability[]): Call[] {
  const known = allCapabilities();
  // Younger than the kit, they have no name here.
  const young = Array.from({ length: Math.max(0, lastCapability() + 1 - known.length) }, (_, at) => known.length + at);
  return [...known.filter((name) => !kept.includes(name)), ...young].map(dropBounding);
}

function becomeUser({ user = { uid: 0, gid: 0 } }: Rights, users: Users): Call[] {
  return [
    ...(user.uid === 0 ? [] : [keepPermitted()]),
    ...(idMaps(users).denySetgroups ? [] : [dropGroups()]),
    setGroup(user.gid),
    setUser(user.uid),
  ];
}

/**
 * Root has what is kept. Another user has what was asked for expressly: an
 * execve takes all else away, and leaves what is ambient.
 */
function setKept(rights: Rights, kept: readonly Capability[]): Call[] {
  if (!rights.user || rights.user.uid === 0)
    return [setCapabilities({ effective: kept, permitted: kept, inheritable: [] })];
  const asked = kept.filter((name) => rights.add.includes(name) || rights.add.includes('ALL'));
  return [setCapabilities({ effective: asked, permitted: asked, inheritable: asked }), ...asked.map(raiseAmbient)];
}
