import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { inheritedEnvironment } from '#src/settings/process.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';
import { execve } from '#src/syscalls/processes.ts';

interface Given {
  /** The program, and its arguments. */
  readonly command: readonly [string, ...string[]];
}

// A trap interrupts `wait`, which then gives 143: the program's own status takes another one.
const INIT = `
  "$@" &
  child=$!
  trap 'kill -TERM "$child"; again=yes' TERM
  wait "$child"; status=$?
  while [ "$again" ]; do again=; wait "$child"; status=$?; done
  exit "$status"
`;

export async function run(lab: Lab, given: Given): Promise<End> {
  const environment = inheritedEnvironment(lab.owner);
  const init = execve('/bin/sh', ['sh', '-c', INIT, 'init', ...given.command], environment);
  const container = await lab.clone([init], CLONE_NEWPID);
  return lab.wait(container);
}
