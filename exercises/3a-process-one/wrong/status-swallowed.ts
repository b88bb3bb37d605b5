// Fails: observed exit status 0
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { inheritedEnvironment } from '#src/settings/process.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';
import { execve } from '#src/syscalls/processes.ts';

const INIT = `
  "$@" &
  child=$!
  trap 'kill -TERM "$child"; again=yes' TERM
  wait "$child"
  while [ "$again" ]; do again=; wait "$child"; done
  echo 'The program has ended.'
`;

export async function run(lab: Lab, given: { command: string[] }): Promise<End> {
  const environment = inheritedEnvironment(lab.owner);
  const init = execve('/bin/sh', ['sh', '-c', INIT, 'init', ...given.command], environment);
  return lab.wait(await lab.clone([init], CLONE_NEWPID));
}
