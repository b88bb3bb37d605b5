// Fails: the program's cgroup: expected one of its own, observed the submission's
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { inheritedEnvironment } from '#src/settings/process.ts';
import { CLONE_NEWPID } from '#src/syscalls/flags.ts';
import { execve } from '#src/syscalls/processes.ts';

export async function run(lab: Lab, given: { most: number }): Promise<End> {
  const [path = '', argv = []] = (lab.program.at(-1)?.args ?? []) as [string, string[]];
  const limited = execve(
    '/bin/sh',
    ['sh', '-c', `ulimit -p ${given.most}; exec "$0" "$@"`, path, ...argv.slice(1)],
    inheritedEnvironment(lab.owner),
  );
  return lab.wait(await lab.clone([limited], CLONE_NEWPID));
}
