/** Whose an image is. */
import { run } from './run.ts';

/**
 * Under sudo, gives a directory with all that is in it to the user who called
 * sudo: they can delete it, and root inside is mapped to them. Otherwise leaves
 * it alone. Links are given away themselves, never followed: chown(1), -h and -P.
 * Source: sudo(8), ENVIRONMENT.
 */
export async function giveToSudoUser(path: string): Promise<void> {
  const [uid, gid] = [numberFrom('SUDO_UID'), numberFrom('SUDO_GID')];
  if (process.geteuid?.() !== 0 || uid === undefined || gid === undefined) return;
  const { status, lastLine } = await run(['chown', '-hRP', `${uid}:${gid}`, '--', path]);
  if (status !== 0) throw new Error(`Giving ${path} to user ${uid} failed: ${lastLine}`);
}

function numberFrom(variable: string): number | undefined {
  const text = process.env[variable] ?? '';
  return /^\d+$/.test(text) ? Number(text) : undefined;
}
