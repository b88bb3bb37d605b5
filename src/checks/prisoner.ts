/** A process that waits in an image as in a cage, and is to get out by itself. */
import { lookAtMounts } from './mounts.ts';
import { openDirectories, openMountNamespaces } from './pipes.ts';
import type { Process } from './process.ts';
import type { Trial } from './trial.ts';

/** The submission has yet to start, and there is nothing else to wait for. */
const PATIENCE_MS = 30_000;
const OUTSIDE = "the sandbox's";

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
  for (const [what, doors] of [
    ['directories', openDirectories(prisoner)],
    ['mount namespaces', openMountNamespaces(prisoner)],
  ] as const) {
    trial.expect(`${what} that are open in the cage`, {
      expected: 'none',
      observed: doors.join(', ') || 'none',
      command: `ls -l /proc/${prisoner.pid}/fd`,
    });
  }
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
  trial.expect('doors that came into the cage', {
    expected: 'none',
    observed: trial.history?.hasTaken(program) ? 'it has asked another process for one' : 'none',
  });
  return program;
}

/** @throws CheckFailed if the program's root is not the sandbox's */
export async function expectOutside(trial: Trial, program: Process): Promise<void> {
  const observed = rootInWords(trial, program);
  const tops = [trial.ground.rootMount, await lookAtMounts(program, (view) => view.rootMount)];
  const another = observed === OUTSIDE && !tops.includes(program.rootMount);
  trial.expect("the program's root", {
    expected: OUTSIDE,
    observed: another ? `${OUTSIDE}, but mounted once more in another place` : observed,
    command: `stat -L -c %d:%i /proc/${program.pid}/root /proc/${trial.parent.pid}/root`,
  });
}

/** Whose root a process has. */
export function rootInWords(trial: Trial, process: Process): string {
  const root = process.directory('root');
  if (root === trial.image) return "the image's";
  return root === trial.ground.root ? OUTSIDE : 'some other directory';
}

function isCaged(trial: Trial, process: Process): boolean {
  try {
    return process.directory('root') === trial.image;
  } catch {
    return false; // It ended meanwhile.
  }
}
