/**
 * The user who ran sudo. What the kit makes for a learner is theirs: their
 * files, in their home. Source: sudo(8), ENVIRONMENT.
 */
import { spawnSync } from 'node:child_process';
import { lchownSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolders } from '../../native/folders.cjs';

export interface SudoUser {
  readonly uid: number;
  readonly gid: number;
}

/** Undefined without sudo, and where it was root who ran it. */
export function sudoUser(environment = process.env, euid = process.geteuid?.()): SudoUser | undefined {
  const [uid, gid] = [numberIn(environment.SUDO_UID), numberIn(environment.SUDO_GID)];
  return euid === 0 && uid && gid !== undefined ? { uid, gid } : undefined;
}

/** The home of the user who ran sudo, which may have put root's into $HOME. */
export function sudoUsersHome(environment = process.env): string | undefined {
  const user = sudoUser(environment);
  if (!user) return undefined;
  // Not /etc/passwd: accounts may come from a directory service.
  const { stdout } = spawnSync('getent', ['passwd', String(user.uid)], { encoding: 'utf8' });
  return stdout?.split(':')[5] || undefined;
}

/** Gives a file or a directory to the user who ran sudo; without sudo it stays. A link is given away itself. */
export function giveToSudoUser(path: string): void {
  const user = sudoUser();
  if (!user) return;
  try {
    lchownSync(path, user.uid, user.gid);
  } catch {
    // A folder shared with another machine may know no owners.
  }
}

/**
 * Gives a directory with all that is in it to the user who ran sudo; without
 * sudo it stays. Links are given away themselves, never followed: chown(1), -h
 * and -P.
 * @throws Error if something in it cannot be given away
 */
export function giveAllToSudoUser(directory: string): void {
  const user = sudoUser();
  if (!user) return;
  const words = ['-hRP', `${user.uid}:${user.gid}`, '--', directory];
  const { status, error, stderr } = spawnSync('chown', words, { encoding: 'utf8' });
  if (status === 0) return;
  throw new Error(`Giving ${directory} to user ${user.uid} failed: ${error?.message ?? stderr.trim()}`);
}

/**
 * Makes a directory and those above it, as far as they are missing, for the
 * user who ran sudo. Returns whether it was missing.
 */
export function makeDirectory(path: string): boolean {
  const first = makeFolders(path);
  if (first === undefined) return false;
  for (let made = path; made.length >= first.length; made = dirname(made)) giveToSudoUser(made);
  return true;
}

function numberIn(text = ''): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
