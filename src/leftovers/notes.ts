/**
 * Which processes of this user may have something to leave behind: each has a
 * note while it lives, an empty file with its name. A note of a process that is
 * over is the sign that it was killed. To look for what it has left takes long
 * on a busy machine, to look for notes does not.
 */
import { lstatSync, mkdirSync, readdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { succeeds } from './succeeds.ts';

/** It does not outlive the machine's boot, and everybody may make a directory of their own there. */
const MEMORY = '/dev/shm';
/** Another process may remove the directory when it has become empty. */
const TRIES = 3;

/** Makes the note of this process; it goes when the process ends, unless it is killed. */
export function leaveNote(name: string): void {
  for (let tries = 0; tries < TRIES; tries++) {
    succeeds(() => mkdirSync(directory(), { mode: 0o700 }));
    if (isOurs() && succeeds(() => writeFileSync(join(directory(), name), ''))) {
      process.once('exit', () => removeNote(name));
      return;
    }
  }
}

/** Removes a note, and with the last one the directory. */
export function removeNote(name: string): void {
  succeeds(() => unlinkSync(join(directory(), name)));
  succeeds(() => rmdirSync(directory()));
}

/** The names of the notes; undefined where none can be kept. */
export function noteNames(): string[] | undefined {
  let names: string[] | undefined;
  if (isOurs()) succeeds(() => (names = readdirSync(directory())));
  return names;
}

function directory(): string {
  return join(MEMORY, `container-lab-${process.geteuid?.() ?? 0}`);
}

/** Whether there is one, in which nobody else may write: another user can have made it. */
function isOurs(): boolean {
  const stats = lstatSync(directory(), { throwIfNoEntry: false });
  return stats?.isDirectory() === true && stats.uid === process.geteuid?.() && (stats.mode & 0o022) === 0;
}
