/** A process that waits in an image as in a cage, and is to get out by itself. */
import { openDirectories } from './pipes.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** The submission has yet to start, and there is nothing else to wait for. */
const PATIENCE_MS = 30_000;

/** Waits for a process whose root is the image's, and that has no directory open. @throws CheckFailed */
export async function findPrisoner(trial: Trial): Promise<Process> {
  const look = () => trial.processes().find((process) => isCaged(trial, process));
  await trial.until(() => (look() ?? trial.find()) !== undefined, PATIENCE_MS);
  const [found, end] = [look(), trial.describeEnd()];
  trial.expect('a child in the cage', {
    expected: "a process whose root is the image's",
    observed: found ? "a process whose root is the image's" : end === 'it still runs' ? 'none' : `none, but ${end}`,
    ...(found && { command: `stat -L -c %d:%i /proc/${found.pid}/root` }),
  });
  const prisoner = found ?? trial.parent;
  const doors = openDirectories(prisoner);
  trial.expect('directories that are open in the cage', {
    expected: 'none',
    observed: doors.join(', ') || 'none',
    command: `ls -l /proc/${prisoner.pid}/fd`,
  });
  return prisoner;
}

/** Gives it the byte that it waits for, and expects it to become the program. @throws CheckFailed */
export async function letGo(trial: Trial, prisoner: Process): Promise<Process> {
  trial.send('\n');
  const program = await trial.program();
  trial.expect("the program's process", {
    expected: 'the one that was in the cage',
    observed: program.pid === prisoner.pid ? 'the one that was in the cage' : 'another one',
    command: `cat /proc/${prisoner.pid}/cmdline`,
  });
  return program;
}

/** @throws CheckFailed if the program's root is not the sandbox's */
export function expectOutside(trial: Trial, program: Process): void {
  trial.expect("the program's root", {
    expected: "the sandbox's",
    observed: rootInWords(trial, program),
    command: `stat -L -c %d:%i /proc/${program.pid}/root /proc/${trial.parent.pid}/root`,
  });
}

/** Whose root a process has. */
export function rootInWords(trial: Trial, process: Process): string {
  const root = process.directory('root');
  if (root === trial.image) return "the image's";
  return root === trial.ground.root ? "the sandbox's" : 'some other directory';
}

function isCaged(trial: Trial, process: Process): boolean {
  try {
    return process.directory('root') === trial.image;
  } catch {
    return false; // It ended meanwhile.
  }
}
