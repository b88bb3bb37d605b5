/** Who types the commands of a console block, and whether this machine has what the block needs. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { findHierarchies } from '../../cgroups/hierarchies.ts';
import { sudoUser } from '../../command-line/sudo-user.ts';
import { ordinaryId } from '../../proc/id-maps.ts';
import type { NeedName } from './transcript.ts';

export interface Unmet {
  readonly need: NeedName;
  readonly reason: string;
  /** Whether a machine on which all tests must run may be without it. */
  readonly excusable: boolean;
}

/** Root, or an ordinary user. */
export interface Person {
  readonly name: string;
  /** Undefined for ourselves. */
  readonly uid?: number;
}

const CONTROLLERS = ['memory', 'cpu'];
/** The ids that distributions give to people: login.defs(5). */
const [FIRST_ID, LAST_ID] = [1000, 59_999];

/** Ourselves, unless we are root: then the user who ran sudo, or the first user of the machine, or nobody. */
export function ordinaryPerson(): Person {
  if (!isRoot()) return { name: process.env.USER ?? 'user' };
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .map(([name = '', , uid]) => ({ name, uid: Number(uid) }));
  const behindSudo = users.find(({ uid }) => uid === sudoUser()?.uid);
  const first = users.find(({ uid }) => uid >= FIRST_ID && uid <= LAST_ID);
  const uid = ordinaryId(readFileSync('/proc/self/uid_map', 'utf8'));
  return behindSudo ?? first ?? (uid === undefined ? { name: 'user' } : { name: 'nobody', uid });
}

/** Returns the first need that is not met, if there is one. */
export function unmetNeed(needs: readonly NeedName[], kit: string): Unmet | undefined {
  for (const need of needs) {
    const unmet = CHECKS[need](kit);
    if (unmet) return { need, ...unmet };
  }
  return undefined;
}

const CHECKS: Readonly<Record<NeedName, (kit: string) => Omit<Unmet, 'need'> | undefined>> = {
  root: () => (isRoot() ? undefined : { reason: 'needs root', excusable: false }),
  user: (kit) => {
    const reason = obstacleFor(ordinaryPerson(), kit);
    return reason === undefined ? undefined : { reason, excusable: true };
  },
  v1: () => cgroupVersion(1),
  v2: () => cgroupVersion(2),
  network: () => {
    const routes = readFileSync('/proc/net/route', 'utf8').split('\n');
    const hasDefault = routes.some((line) => line.split('\t')[1] === '00000000');
    return hasDefault ? undefined : { reason: 'needs a route to other machines', excusable: true };
  },
};

/** The cgroup version whose blocks this machine cannot run, as words of fences; none where that is not clear. */
export function otherVersion(): readonly NeedName[] {
  if (hasControllers(1)) return ['v2'];
  return hasControllers(2) ? ['v1'] : [];
}

/** No controller is in both versions at once, so one of the two is always missing. */
function cgroupVersion(version: 1 | 2): Omit<Unmet, 'need'> | undefined {
  if (hasControllers(version)) return undefined;
  const reason = `needs the ${CONTROLLERS.join(' and ')} controllers in cgroup v${version}`;
  return { reason, excusable: hasControllers(version === 1 ? 2 : 1) };
}

function hasControllers(version: 1 | 2): boolean {
  const [mountinfo, cgroup] = ['mountinfo', 'cgroup'].map((name) => readFileSync(`/proc/self/${name}`, 'utf8'));
  const there = findHierarchies(mountinfo ?? '', cgroup ?? '')
    .filter((hierarchy) => hierarchy.version === version)
    .flatMap(({ controllers, mountPoint }) => (version === 1 ? controllers : controllersAt(mountPoint)));
  return CONTROLLERS.every((name) => there.includes(name));
}

function controllersAt(directory: string): string[] {
  try {
    return readFileSync(join(directory, 'cgroup.controllers'), 'utf8').trim().split(' ');
  } catch {
    return [];
  }
}

/** Why that person cannot do what user blocks do, if so. */
function obstacleFor({ name, uid }: Person, kit: string): string | undefined {
  const can = (command: string, ...words: string[]) =>
    spawnSync(command, words, { stdio: 'ignore', ...(uid === undefined ? {} : { uid, gid: uid }) }).status === 0;
  if (!can('test', '-r', `${kit}/package.json`)) return `the user ${name} may not read ${kit}`;
  if (!can('unshare', '--user', 'true')) return `the user ${name} may not make user namespaces: see npm run doctor`;
  return undefined;
}

function isRoot(): boolean {
  return process.geteuid?.() === 0;
}
