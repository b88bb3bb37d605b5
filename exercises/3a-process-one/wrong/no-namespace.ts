// Fails: the PID namespace: expected another one
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { inheritedEnvironment } from '#src/settings/process.ts';

import { execve } from '#src/syscalls/processes.ts';

const INIT = `
  "$@" &
  child=$!
  trap 'kill -TERM "$child"' TERM
  wait "$child"
`;

export async function run(lab: Lab, given: { command: string[] }): Promise<End> {
  const environment = inheritedEnvironment(lab.owner);
  const init = execve('/bin/sh', ['sh', '-c', INIT, 'init', ...given.command], environment);
  return lab.wait(await lab.clone([init], 0));
}
