/** Only one run at a time works on a class: otherwise work would be graded twice. */
import { closeSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { quoted } from '../../command-line/quoted.ts';
import { UsageError } from '../../command-line/usage-error.ts';
import { isOver, isOwnerName, newOwnerName, ownerState, whyUnknown } from '../../leftovers/owner.ts';
import { harmlessLine } from '../harmless.ts';

/**
 * A file that only one can make (open(2), O_EXCL: also where there are no links,
 * as on FAT and in folders that a virtual machine shares), and in it two lines:
 * who made it, for people, and the name of the run.
 */
interface Lock {
  readonly owner: string;
  readonly who: string;
}

/** Returns how to let go. The lock of a dead run does not count. @throws UsageError if another run has it */
export function lock(file: string): () => void {
  const text = `${ourselves()}\n${newOwnerName()}`;
  while (!made(file, text)) {
    const found = read(file);
    if (found === undefined) continue;
    if (!isOver(found.owner)) throw new UsageError(whoHas(file, found));
    removeAbandoned(file, found.owner);
  }
  return () => rmSync(file, { force: true });
}

/**
 * Two runs can find the same dead lock. One of them takes it over; the other
 * must not remove the lock that is there from then on. So only one at a time
 * may look and remove, and nobody else touches a lock whose owner is dead.
 */
function removeAbandoned(file: string, owner: string): void {
  const unlock = lock(`${file}.takeover`);
  try {
    if (read(file)?.owner === owner) rmSync(file);
  } finally {
    unlock();
  }
}

function made(file: string, text: string): boolean {
  let fd: number;
  try {
    fd = openSync(file, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeFileSync(fd, text);
    return true;
  } catch (error) {
    rmSync(file, { force: true });
    throw error;
  } finally {
    closeSync(fd);
  }
}

/** What a lock holds, nothing if it cannot be read or is being written; undefined if its owner has let go meanwhile. */
function read(file: string): Lock | undefined {
  try {
    const [owner = '', who = ''] = readFileSync(file, 'utf8').split('\n').reverse();
    return { owner, who };
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : { owner: '', who: '' };
  }
}

function whoHas(file: string, { owner, who }: Lock): string {
  const run = who === '' ? 'a run that has not said who it is' : harmlessLine(who, 200);
  if (ownerState(owner) === 'lives') return `Another run is at it: ${run}. It has ${file}.`;
  const why = isOwnerName(owner) ? ` (${whyUnknown(owner)})` : '';
  return `Another run is at it, or was: ${run}${why}. If it is over: rm ${quoted(file)}`;
}

function ourselves(): string {
  return `process ${process.pid} of ${userName()} on ${hostname()}`;
}

function userName(): string {
  try {
    return userInfo().username;
  } catch {
    // An id without an account.
    return `user ${process.geteuid?.()}`;
  }
}
