import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { inheritedEnvironment } from '#src/settings/process.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';
import { execve } from '#src/syscalls/processes.ts';

interface Given {
  /** The program, and its arguments. */
  readonly command: readonly [string, ...string[]];
}

export async function run(lab: Lab, given: Given): Promise<End> {
  // TODO: process 1 must be an init, and the program its child.
  const environment = inheritedEnvironment(lab.owner);
  const container = await lab.clone([execve(given.command[0], given.command, environment)], CLONE_NEWPID);
  return lab.wait(container);
}
