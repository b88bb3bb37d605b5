/** Whose an image is. */
import { sudoCaller } from '../src/command-line/sudo-user.ts';
import { run } from './run.ts';

/**
 * Under sudo, gives a directory with all that is in it to the user who called
 * sudo: they can delete it, and root inside is mapped to them. Otherwise leaves
 * it alone. Links are given away themselves, never followed: chown(1), -h and -P.
 */
export async function giveToSudoUser(path: string): Promise<void> {
  const caller = sudoCaller();
  if (!caller) return;
  const { status, lastLine } = await run(['chown', '-hRP', `${caller.uid}:${caller.gid}`, '--', path]);
  if (status !== 0) throw new Error(`Giving ${path} to user ${caller.uid} failed: ${lastLine}`);
}
