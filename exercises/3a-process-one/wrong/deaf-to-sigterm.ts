// Fails: the program after SIGTERM to process 1: expected ended, observed it still runs
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { inheritedEnvironment } from '#src/settings/process.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';
import { execve } from '#src/syscalls/processes.ts';

const INIT = `
  "$@"
  exit $?
`;

export async function run(lab: Lab, given: { command: string[] }): Promise<End> {
  const environment = inheritedEnvironment(lab.owner);
  const init = execve('/bin/sh', ['sh', '-c', INIT, 'init', ...given.command], environment);
  return lab.wait(await lab.clone([init], CLONE_NEWPID));
}
