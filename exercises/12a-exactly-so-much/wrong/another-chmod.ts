// Fails: mounts since the beginning: expected none, observed some
// No filter: another program stands in the place of chmod.
import { existsSync } from 'node:fs';
import { release } from 'node:os';
import type { End } from '#src/executor/reaper.ts';
import type { Lab } from '#src/lab/lab.ts';
import { compileFilter } from '#src/seccomp/compile.ts';
import { DEFAULT_PROFILE } from '#src/seccomp/default-profile.ts';
import { MS_BIND } from '#src/syscalls/flags.ts';
import { installFilter } from '#src/syscalls/identity.ts';
import { mount } from '#src/syscalls/mounts.ts';

const find = (name: string) => ['/usr/bin', '/bin'].map((folder) => `${folder}/${name}`).find(existsSync) ?? '';

export async function run(lab: Lab): Promise<End> {
  await lab.perform([mount(find('false'), find('chmod'), null, MS_BIND)]);
  const filter = compileFilter(DEFAULT_PROFILE, { machine: process.arch, capabilities: [], kernel: release() });
  return lab.wait(await lab.clone([installFilter(filter), ...lab.program], 0));
}
