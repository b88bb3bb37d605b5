/**
 * Who called sudo. What the kit makes for a learner is theirs: their files, in
 * their home. Source: sudo(8), ENVIRONMENT.
 */
import { spawnSync } from 'node:child_process';
import { lchownSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Caller {
  readonly uid: number;
  readonly gid: number;
}

/** Undefined without sudo, and for root calling sudo. */
export function sudoCaller(environment = process.env, euid = process.geteuid?.()): Caller | undefined {
  const [uid, gid] = [numberIn(environment.SUDO_UID), numberIn(environment.SUDO_GID)];
  return euid === 0 && uid && gid !== undefined ? { uid, gid } : undefined;
}

/** The home of who called sudo, which may have put root's into $HOME. */
export function callersHome(environment = process.env): string | undefined {
  const caller = sudoCaller(environment);
  if (!caller) return undefined;
  // Not /etc/passwd: accounts may come from a directory service.
  const { stdout } = spawnSync('getent', ['passwd', String(caller.uid)], { encoding: 'utf8' });
  return stdout?.split(':')[5] || undefined;
}

/** Gives a file to who called sudo. A link is given away itself. */
export function giveToCaller(path: string): void {
  const caller = sudoCaller();
  if (!caller) return;
  try {
    lchownSync(path, caller.uid, caller.gid);
  } catch {
    // A folder shared with another machine may know no owners.
  }
}

/** Makes a directory and those above it, as far as they are missing, for who called sudo. */
export function makeDirectory(path: string): void {
  const first = mkdirSync(path, { recursive: true });
  if (first === undefined) return;
  for (let made = path; made.length >= first.length; made = dirname(made)) giveToCaller(made);
}

function numberIn(text = ''): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
