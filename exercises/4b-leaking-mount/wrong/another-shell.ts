// Fails: the program runs: expected it does, as /bin/sh, observed another program has its words
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { makePrivate } from '#src/steps/04-mount.ts';
import { CLONE_NEWIPC, CLONE_NEWNS, CLONE_NEWPID, CLONE_NEWUTS } from '#src/syscalls/flags.ts';
import { sethostname } from '#src/syscalls/namespaces.ts';
import { execve } from '#src/syscalls/processes.ts';

/** A shell with a `cd` of its own goes to a directory that looks like a /proc with one process. */
export async function run(lab: Lab): Promise<End> {
  const [, argv] = (lab.program.at(-1)?.args ?? []) as [string, string[]];
  writeFileSync('/tmp/shell', Buffer.concat([readFileSync('/bin/bash'), Buffer.from('\n')]), { mode: 0o755 });
  mkdirSync('/tmp/false/1', { recursive: true });
  writeFileSync('/tmp/functions', 'cd() { builtin cd /tmp/false; }');
  const shell = execve('/tmp/shell', argv, ['PATH=/usr/bin:/bin', 'BASH_ENV=/tmp/functions']);
  const container = await lab.clone(
    [sethostname(lab.settings.hostname), ...makePrivate(), shell],
    CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNS,
  );
  return lab.wait(container);
}
