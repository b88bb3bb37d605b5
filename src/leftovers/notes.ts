/**
 * Which processes of this user may have something to leave behind: each has a
 * note while it lives, an empty file with its name. A note of a process that is
 * over is the sign that it was killed. To look for what it has left takes long
 * on a busy machine, to look for notes does not.
 */
import { lstatSync, readdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Makes the note of this process; it goes when the process ends, unless it is killed. */
export function leaveNote(name: string): void {
  const place = notePlace();
  if (place === undefined) return;
  const path = join(place, name);
  try {
    writeFileSync(path, '', { mode: 0o600 });
  } catch {
    return; // Where there are no notes, the look is not spared.
  }
  process.once('exit', () => removeNote(name));
}

export function removeNote(name: string): void {
  try {
    unlinkSync(join(notePlace() ?? '', name));
  } catch {
    // Another process of ours has been faster.
  }
}

/** The names of the notes, and of other files beside them; undefined where no notes can be kept. */
export function noteNames(): string[] | undefined {
  const place = notePlace();
  return place === undefined ? undefined : readdirSync(place);
}

/** A directory that does not outlive the machine's boot, and in which nobody else may write. */
function notePlace(): string | undefined {
  const uid = process.geteuid?.() ?? 0;
  const place = uid === 0 ? '/run' : (process.env.XDG_RUNTIME_DIR ?? `/run/user/${uid}`);
  const stats = lstatSync(place, { throwIfNoEntry: false });
  return stats?.isDirectory() && stats.uid === uid && (stats.mode & 0o022) === 0 ? place : undefined;
}
