/**
 * Where the kit keeps what is this user's. Source: XDG Base Directory
 * Specification, which has relative paths ignored.
 */
import { userInfo } from 'node:os';
import { isAbsolute, join } from 'node:path';

const FOLDERS = {
  /** What has been learnt. */
  state: { variable: 'XDG_STATE_HOME', usual: '.local/state' },
  /** What can be made again. */
  cache: { variable: 'XDG_CACHE_HOME', usual: '.cache' },
} as const;

export type Kept = keyof typeof FOLDERS;

/**
 * The kit's folder of a kind, there or not; undefined for a user without a
 * home. `home` goes before the user's own.
 */
export function userFolder(kept: Kept, environment = process.env, home = homeOf(environment)): string | undefined {
  const { variable, usual } = FOLDERS[kept];
  const named = environment[variable] ?? '';
  if (isAbsolute(named)) return join(named, 'container-lab');
  return home === undefined ? undefined : join(home, usual, 'container-lab');
}

/** What to type when a folder of a kind cannot be had, or cannot be written. */
export function otherFolder(kept: Kept): string {
  return `export ${FOLDERS[kept].variable}=/tmp/mine, or another folder that you can write`;
}

/** Why a folder of a kind cannot be had. */
export function noHome(): string {
  return `User ${process.geteuid?.()} has no home: HOME is not set, and no account has this number.`;
}

/** $HOME, or else the one of the account; undefined without either. */
function homeOf({ HOME = '' }: NodeJS.ProcessEnv): string | undefined {
  if (isAbsolute(HOME)) return HOME;
  try {
    return userInfo().homedir || undefined;
  } catch {
    return undefined;
  }
}
